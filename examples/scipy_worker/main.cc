// A small worker: five functions on arrays, with a serializer that the environment selects.

#include "examples/scipy_worker/array_codec.h"
#include "examples/scipy_worker/tasks.h"
#include "worker_sdk/cpp/worker.h"

using orrery::Arg;

int main(int argc, char** argv) {
  orrery::Worker worker("scipy_worker");
  worker.UseCodec<orrery::NDArray>(scipy_worker::CodecFromEnvironment());
  worker.Task("linspace", scipy_worker::Linspace, {Arg("start"), Arg("stop"), Arg("num", 50)});
  worker.Task("add_point", scipy_worker::AddPoint, {Arg("a"), Arg("p")});
  worker.Task("eval_point", scipy_worker::EvalPoint, {Arg("pa")});
  worker.Task("reshape", scipy_worker::Reshape, {Arg("a"), Arg("shape")});
  worker.Task("transpose", scipy_worker::Transpose, {Arg("a")});
  return worker.Main(argc, argv);
}
