#include "executors/local_pools.h"

#include <optional>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/steady_timer.hpp"

namespace orrery::executors {

namespace asio = boost::asio;

class LocalPools::Impl {
 public:
  Impl(std::vector<PoolSpec> specs, LocalExecutorOptions options, const StartListener& on_start,
       ExitListener on_exit)
      : on_exit_(std::move(on_exit)),
        work_(asio::make_work_guard(context_)),
        executor_(std::in_place, context_, options,
                  [this](const Uuid& id, const ProcessEnd& end) { OnExit(id, end); }) {
    for (PoolSpec& spec : specs) {
      pools_.push_back(std::make_unique<WorkerPool>(
          std::move(spec),
          PoolDependencies{.executor = *executor_,
                           .clock = clock_,
                           .random = random_,
                           .run_after =
                               [this](absl::Duration delay, std::function<void()> function) {
                                 RunAfter(delay, std::move(function));
                               },
                           .on_start = on_start}));
    }
    asio::post(context_, [this] {
      for (const auto& pool : pools_) pool->Start();
    });
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Impl() {
    asio::post(context_, [this] {
      for (const auto& pool : pools_) pool->StopStarting();
      executor_->TerminateAll();
      is_closing_ = true;
      StopIfEmpty();
    });
    thread_.join();
    executor_.reset();
  }

  void Run(CaptureSpec program, CaptureListener done) {
    asio::post(context_, [this, program = std::move(program), done = std::move(done)] {
      if (!is_closing_) Capture(context_, program, done);
    });
  }

  void StopStarting() {
    asio::post(context_, [this] {
      for (const auto& pool : pools_) pool->StopStarting();
    });
  }

 private:
  void OnExit(const Uuid& id, const ProcessEnd& end) {
    on_exit_(id, end);
    for (const auto& pool : pools_) pool->OnExit(id, end.reason);
    StopIfEmpty();
  }

  // Stops the context, with its timers and the pipes that descendants hold open.
  void StopIfEmpty() {
    if (is_closing_ && executor_->is_empty()) context_.stop();
  }

  void RunAfter(absl::Duration delay, std::function<void()> function) {
    const auto timer =
        std::make_shared<asio::steady_timer>(context_, absl::ToChronoNanoseconds(delay));
    timer->async_wait(
        [timer, function = std::move(function)](const boost::system::error_code& error) {
          if (!error) function();
        });
  }

  const ExitListener on_exit_;
  SystemClock clock_;
  SystemRandom random_;

  // Confined to thread_ after its start.
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::optional<LocalExecutor> executor_;
  std::vector<std::unique_ptr<WorkerPool>> pools_;
  bool is_closing_ = false;

  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<LocalPools>> LocalPools::Start(std::vector<PoolSpec> pools,
                                                              LocalExecutorOptions options,
                                                              const StartListener& on_start,
                                                              ExitListener on_exit) {
  for (const PoolSpec& pool : pools) {
    if (!pool.log_directory.empty()) RETURN_IF_ERROR(MakeDirectories(pool.log_directory));
  }
  auto impl = std::make_unique<Impl>(std::move(pools), options, on_start, std::move(on_exit));
  return std::unique_ptr<LocalPools>(new LocalPools(std::move(impl)));
}

LocalPools::LocalPools(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LocalPools::~LocalPools() = default;

void LocalPools::Run(CaptureSpec program, CaptureListener done) {
  impl_->Run(std::move(program), std::move(done));
}

void LocalPools::StopStarting() { impl_->StopStarting(); }

}  // namespace orrery::executors
