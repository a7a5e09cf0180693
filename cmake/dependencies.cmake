# Each third-party package behind one target, orrery::<package>. They come from Debian
# (deploy/packages.txt) and their headers are system headers: our warnings do not apply to them.

include_guard(GLOBAL)
include(GoogleTest)
include(static_libraries)

option(ORRERY_STATIC_LIBRARIES "Make third-party libraries part of the programs" OFF)

find_package(Threads REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS filesystem)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(xtensor CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(benchmark CONFIG REQUIRED)
find_program(ORRERY_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# Debian's RocksDB package file asks for every compressor's own development package; the shared
# library needs none of them.
find_library(ORRERY_ROCKSDB_LIBRARY rocksdb REQUIRED)
find_path(ORRERY_ROCKSDB_INCLUDE rocksdb/db.h REQUIRED)
set(ORRERY_ROCKSDB_LIBRARIES ${ORRERY_ROCKSDB_LIBRARY})

find_library(ORRERY_JEMALLOC_LIBRARY jemalloc REQUIRED)

if(ORRERY_STATIC_LIBRARIES)
  orrery_link_statically(absl gRPC protobuf)
  _orrery_archive_of(archive "${ORRERY_ROCKSDB_LIBRARY}")
  if(archive)
    set(ORRERY_ROCKSDB_LIBRARIES ${archive} snappy lz4 zstd bz2 z)
  endif()
endif()

function(_orrery_dependency name)
  add_library(orrery_dependency_${name} INTERFACE)
  target_link_libraries(orrery_dependency_${name} INTERFACE ${ARGN})
  add_library(orrery::${name} ALIAS orrery_dependency_${name})
endfunction()

_orrery_dependency(absl
  absl::base absl::btree absl::flat_hash_map absl::flat_hash_set absl::hash absl::inlined_vector
  absl::node_hash_map absl::random_random absl::status absl::statusor absl::strings absl::synchronization absl::time
  Threads::Threads)
_orrery_dependency(protobuf protobuf::libprotobuf)
_orrery_dependency(grpc gRPC::grpc++ protobuf::libprotobuf)
_orrery_dependency(boost Boost::headers)
_orrery_dependency(boost_process Boost::headers Boost::filesystem Threads::Threads)
_orrery_dependency(rocksdb ${ORRERY_ROCKSDB_LIBRARIES})
_orrery_dependency(nlohmann_json nlohmann_json::nlohmann_json)
_orrery_dependency(cli11 CLI11::CLI11)
_orrery_dependency(yaml_cpp yaml-cpp)
_orrery_dependency(xtensor xtensor)
# Nothing names the allocator's functions, so the linker has to be told to keep it. The sanitizers
# bring allocators of their own.
if(ORRERY_SANITIZE)
  _orrery_dependency(jemalloc)
else()
  _orrery_dependency(jemalloc
    -Wl,--push-state,--no-as-needed ${ORRERY_JEMALLOC_LIBRARY} -Wl,--pop-state)
endif()
_orrery_dependency(openssl OpenSSL::Crypto)
_orrery_dependency(fmt fmt::fmt)
_orrery_dependency(gtest GTest::gtest GTest::gmock)
_orrery_dependency(benchmark benchmark::benchmark)
