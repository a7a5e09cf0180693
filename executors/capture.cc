#include "executors/capture.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <unistd.h>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/readable_pipe.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/process/v2/process.hpp"
#include "fmt/format.h"

namespace orrery::executors {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// The part of stderr that goes into the error message.
constexpr std::size_t kShownErrorBytes = 2000;

// A running program. Lives as long as one of its operations is pending.
class Captured : public std::enable_shared_from_this<Captured> {
 public:
  Captured(asio::io_context& context, CaptureSpec spec, CaptureListener done)
      : context_(context), spec_(std::move(spec)), done_(std::move(done)), timer_(context) {}

  absl::Status Start() {
    ASSIGN_OR_RETURN(Pipe output, MakePipe());
    ASSIGN_OR_RETURN(Pipe errors, MakePipe());
    ASSIGN_OR_RETURN(const int id, Spawn({.command = spec_.command,
                                          .environment = EnvironmentWith(spec_.environment),
                                          .working_directory = "",
                                          .output = output.write.value(),
                                          .error_output = errors.write.value()}));
    process_.emplace(context_.get_executor(), id);
    output_.emplace(context_, fcntl(output.read.value(), F_DUPFD_CLOEXEC, 0));
    errors_.emplace(context_, fcntl(errors.read.value(), F_DUPFD_CLOEXEC, 0));
    ReadOutput();
    ReadErrors();
    timer_.expires_after(absl::ToChronoNanoseconds(spec_.time.duration()));
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error) return;
      self->Fail(absl::DeadlineExceededError(
          fmt::format("it did not end within {} (limit {})",
                      absl::FormatDuration(self->spec_.time.duration()), self->spec_.time.name)));
    });
    process_->async_wait([self = shared_from_this()](const error_code& error, int) {
      if (error) return;
      self->status_ = self->process_->native_exit_code();
      // Kills the remaining processes of the group, which closes the pipes.
      kill(-self->process_->id(), SIGKILL);
      self->FinishWhenComplete();
    });
    return absl::OkStatus();
  }

 private:
  void ReadOutput() {
    output_->async_read_some(
        asio::buffer(output_buffer_),
        [self = shared_from_this()](const error_code& error, std::size_t bytes) {
          self->text_.append(self->output_buffer_.data(), bytes);
          if (const absl::Status room = CheckLimit(self->spec_.bytes, "its output",
                                                   self->text_.size(), "print only the catalog");
              !room.ok()) {
            self->Fail(absl::ResourceExhaustedError(room.message()));
          } else if (!error) {
            self->ReadOutput();
          } else {
            self->is_output_complete_ = true;
            self->FinishWhenComplete();
          }
        });
  }

  void ReadErrors() {
    errors_->async_read_some(
        asio::buffer(error_buffer_),
        [self = shared_from_this()](const error_code& error, std::size_t bytes) {
          std::string& tail = self->error_tail_;
          tail.append(self->error_buffer_.data(), bytes);
          if (tail.size() > kShownErrorBytes) tail.erase(0, tail.size() - kShownErrorBytes);
          if (!error) return self->ReadErrors();
          self->is_error_tail_complete_ = true;
          self->FinishWhenComplete();
        });
  }

  void FinishWhenComplete() {
    if (!status_.has_value() || !is_output_complete_ || !is_error_tail_complete_) return;
    if (*status_ == 0) return Finish(std::move(text_));
    Finish(absl::AbortedError(fmt::format("it {}: {}", DescribeExit(*status_),
                                          std::string(absl::StripAsciiWhitespace(error_tail_)))));
  }

  void Fail(absl::Status status) {
    if (!status_.has_value()) kill(-process_->id(), SIGKILL);
    Finish(std::move(status));
  }

  void Finish(absl::StatusOr<std::string> result) {
    timer_.cancel();
    output_->close();
    errors_->close();
    if (const CaptureListener done = std::exchange(done_, nullptr)) done(std::move(result));
  }

  asio::io_context& context_;
  const CaptureSpec spec_;
  CaptureListener done_;

  asio::steady_timer timer_;
  std::optional<boost::process::v2::process> process_;
  std::optional<asio::readable_pipe> output_;
  std::optional<asio::readable_pipe> errors_;
  std::array<char, 16 * 1024> output_buffer_{};
  std::array<char, 1024> error_buffer_{};
  std::string text_;
  std::string error_tail_;
  bool is_output_complete_ = false;
  bool is_error_tail_complete_ = false;
  std::optional<int> status_;
};

}  // namespace

void Capture(asio::io_context& context, CaptureSpec spec, CaptureListener done) {
  const auto captured = std::make_shared<Captured>(context, std::move(spec), done);
  if (absl::Status status = captured->Start(); !status.ok()) {
    asio::post(context, [done = std::move(done), status = std::move(status)] { done(status); });
  }
}

}  // namespace orrery::executors
