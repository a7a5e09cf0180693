// The workflows that the engine knows, and what it keeps about each besides its run.
//
// Threading: confined to the engine's thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/ids.h"
#include "controller/engine/retention/finished_workflows.h"
#include "controller/engine/workflow/workflow.h"

namespace orrery::engine {

class WorkflowTable {
 public:
  WorkflowTable() = default;
  WorkflowTable(const WorkflowTable&) = delete;
  WorkflowTable& operator=(const WorkflowTable&) = delete;

  // Null if there is none.
  Workflow* Find(WorkflowNumber number) const {
    const auto it = entries_.find(number);
    return it == entries_.end() ? nullptr : it->second.workflow.get();
  }
  Workflow* Find(const Uuid& id) const {
    const auto it = by_id_.find(id);
    return it == by_id_.end() ? nullptr : entries_.at(it->second).workflow.get();
  }

  // `submission` names its content (SubmissionDigest). Requires a number above last_number() and
  // an id that no workflow has.
  Workflow& Add(std::unique_ptr<Workflow> workflow, const Digest& submission) {
    const WorkflowNumber number = workflow->number();
    RaiseLastNumber(number);
    by_id_[workflow->id()] = number;
    return *(entries_[number] = {std::move(workflow), submission, {}}).workflow;
  }
  // Requires that the workflow is there.
  void Erase(WorkflowNumber number) {
    by_id_.erase(entries_.at(number).workflow->id());
    finished_.Remove(number);
    entries_.erase(number);
  }

  // Numbers are never used twice.
  WorkflowNumber last_number() const { return last_number_; }
  WorkflowNumber NextNumber() const { return WorkflowNumber(last_number_.value() + 1); }
  void RaiseLastNumber(WorkflowNumber number) { last_number_ = std::max(last_number_, number); }

  // Requires that the workflow is there.
  const Digest& SubmissionOf(WorkflowNumber number) const { return entries_.at(number).submission; }
  // The controller is asked to store a value that the workflow has derived.
  void AddDerivedBlob(WorkflowNumber number, const Digest& digest) {
    entries_.at(number).derived_blobs.insert(digest);
  }
  std::vector<Digest> DerivedBlobs() const {
    std::vector<Digest> blobs;
    for (const auto& [number, entry] : entries_) {
      blobs.insert(blobs.end(), entry.derived_blobs.begin(), entry.derived_blobs.end());
    }
    return blobs;
  }

  // All, in the order of their numbers.
  std::vector<Workflow*> All() const {
    std::vector<Workflow*> all;
    all.reserve(entries_.size());
    for (const auto& [number, entry] : entries_) all.push_back(entry.workflow.get());
    return all;
  }

  FinishedWorkflows& finished() { return finished_; }
  const FinishedWorkflows& finished() const { return finished_; }

  // Appends everything a replay must rebuild.
  void AppendState(std::string& out) const {
    for (const auto& [number, entry] : entries_) {
      entry.workflow->AppendState(out);
      out += entry.submission.ToHex();
    }
  }

 private:
  struct Entry {
    std::unique_ptr<Workflow> workflow;
    Digest submission;
    std::set<Digest> derived_blobs;
  };

  std::map<WorkflowNumber, Entry> entries_;
  std::map<Uuid, WorkflowNumber> by_id_;
  WorkflowNumber last_number_{0};
  FinishedWorkflows finished_;
};

}  // namespace orrery::engine
