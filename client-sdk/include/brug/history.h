#pragma once

#include <brug/civil.h>
#include <brug/people.h>

#include <string>
#include <vector>

// What happened to a dossier: what was overwritten, by whom, and what came too late.
namespace brug {

// An item as it was before somebody changed it, or words that came and lost from newer ones.
struct EarlierItem {
  std::string record_id;
  // What it is, as the contract calls it: "goal", "step", "tick"; empty when it is newer than this SDK.
  std::string kind;
  // The words that people wrote in it.
  std::vector<std::string> words;
  // All of it, as JSON (the mapping of Protocol Buffers).
  std::string content_json;

  friend bool operator==(const EarlierItem&, const EarlierItem&) = default;
};

// One thing that happened.
struct HistoryEntry {
  // When it counts as done.
  Instant happened_at;
  // Without a person when the service itself did it.
  Author by;
  // What was meant, as the contract calls it: "tick_step", "revise_goal"; empty when the service itself did
  // it.
  std::string kind;
  // The item it was about.
  std::string record_id;
  // The words that came with it.
  std::vector<std::string> words;
  // What it overwrote.
  std::vector<EarlierItem> overwritten;
  // Whether it came after the relation had ended: it changed nothing, and is kept to be read.
  bool refused = false;

  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

// A part of a history.
struct HistoryPage {
  // Newest first. May be short, or empty, with more on the next page all the same.
  std::vector<HistoryEntry> entries;
  // What to ask the next page with; empty when this is the last.
  std::string next_page;
};

}  // namespace brug
