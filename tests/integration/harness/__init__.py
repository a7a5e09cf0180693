"""What the integration tests drive the real programs with."""

from .command import Result, run_program
from .disk import fill, system_on_small_disk
from .graphs import Graph, tagged_bytes
from .process import Process, children, eventually, is_alive
from .system import BIN, PIPELINE, REPOSITORY, System, make_folder, program

__all__ = ["BIN", "PIPELINE", "REPOSITORY", "Graph", "Process", "Result", "System", "children",
           "eventually", "fill", "is_alive", "make_folder", "program", "run_program",
           "system_on_small_disk", "tagged_bytes"]
