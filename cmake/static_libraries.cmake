# Third-party libraries as part of our programs, where Debian's packages have them as archives.
#
# A program that loads sixty shared libraries spends more time with that than with anything else
# until it answers: 24,000 symbols are looked up by name, three times as many as it will ever use
# (docs/performance.md). What is part of the program is found when it is linked. The price is that a
# new package of such a library is in use only after a build; so it is the setting of what is shipped,
# and development links the shared ones, which is faster. OpenSSL, whose new packages are urgent, and
# the system's own libraries stay shared.

include_guard(GLOBAL)

# The archive next to a shared library; empty if there is none.
function(_orrery_archive_of result library)
  string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${library}")
  if(archive STREQUAL library OR NOT EXISTS "${archive}")
    set(archive "")
  endif()
  set(${result} "${archive}" PARENT_SCOPE)
endfunction()

# Makes the imported targets of these packages refer to archives.
function(orrery_link_statically)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(package IN LISTS ARGN)
    foreach(target IN LISTS targets)
      if(NOT target MATCHES "^${package}::")
        continue()
      endif()
      get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
      foreach(configuration IN LISTS configurations ITEMS "")
        set(property IMPORTED_LOCATION)
        if(configuration)
          string(APPEND property "_${configuration}")
        endif()
        get_target_property(library ${target} ${property})
        _orrery_archive_of(archive "${library}")
        if(archive)
          set_target_properties(${target} PROPERTIES ${property} "${archive}")
        endif()
      endforeach()
    endforeach()
  endforeach()
endfunction()
