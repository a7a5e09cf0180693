"""gRPC stubs of Orrery's protos for Python, generated once a run.

    from stubs import worker, worker_grpc
"""

from __future__ import annotations

import atexit
import importlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_PROTOS = Path(__file__).resolve().parents[2] / "proto"


def _generate() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="orrery-stubs-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    plugin = shutil.which("grpc_python_plugin")
    assert plugin is not None, "grpc_python_plugin is missing: deploy/install_dependencies.sh --tests"
    subprocess.run(
        ["protoc", f"-I{_PROTOS}", f"--plugin=protoc-gen-grpc_python={plugin}",
         f"--python_out={folder}", f"--grpc_python_out={folder}",
         *sorted(str(path.relative_to(_PROTOS)) for path in _PROTOS.rglob("*.proto"))],
        cwd=_PROTOS, check=True)
    return folder


sys.path.insert(0, str(_generate()))

admin = importlib.import_module("orrery.admin.v1.admin_service_pb2")
admin_grpc = importlib.import_module("orrery.admin.v1.admin_service_pb2_grpc")
blob = importlib.import_module("orrery.blob.v1.blob_service_pb2")
blob_grpc = importlib.import_module("orrery.blob.v1.blob_service_pb2_grpc")
catalog = importlib.import_module("orrery.graph.v1.catalog_pb2")
graph = importlib.import_module("orrery.graph.v1.graph_pb2")
types = importlib.import_module("orrery.graph.v1.type_pb2")
value = importlib.import_module("orrery.graph.v1.value_pb2")
worker = importlib.import_module("orrery.worker.v1.worker_service_pb2")
worker_grpc = importlib.import_module("orrery.worker.v1.worker_service_pb2_grpc")
workflow = importlib.import_module("orrery.workflow.v1.workflow_service_pb2")
workflow_grpc = importlib.import_module("orrery.workflow.v1.workflow_service_pb2_grpc")
