#include <array>

#include "scenario/program/program_compiler.hpp"

namespace memsim::loader {
namespace {

using enum Key::Kind;

constexpr std::array kRepeatKeys = std::to_array<Key>({
    {.name = "times", .doc = "how often", .required = true, .definition = "number_value"},
    {.name = "index", .kind = name, .doc = "a variable that counts from 0"},
    {.name = "do", .doc = "the steps", .required = true, .definition = "steps"},
});
constexpr Group kRepeat{"repeat", "repeat", kRepeatKeys};

constexpr std::array kForeverKeys = std::to_array<Key>({
    {.name = "until", .doc = "simulated time; looked at before each round", .definition = "duration_value"},
    {.name = "do", .doc = "the steps", .required = true, .definition = "steps"},
});
constexpr Group kForever{"forever", "forever", kForeverKeys};

constexpr std::array kWhileKeys = std::to_array<Key>({
    {.name = "condition", .doc = "goes on while it is not 0", .required = true, .definition = "any_value"},
    {.name = "do", .doc = "the steps", .required = true, .definition = "steps"},
});
constexpr Group kWhile{"while", "while", kWhileKeys};

constexpr std::array kIfKeys = std::to_array<Key>({
    {.name = "condition", .doc = "holds when it is not 0", .required = true, .definition = "any_value"},
    {.name = "then", .doc = "the steps if it holds", .required = true, .definition = "steps"},
    {.name = "else", .doc = "the steps if not", .definition = "steps"},
});
constexpr Group kIf{"if", "if", kIfKeys};

constexpr std::array kBranchKeys = std::to_array<Key>({
    {.name = "weight",
     .kind = integer,
     .doc = "relative to the other weights",
     .required = true,
     .maximum = 1'000'000'000'000},
    {.name = "do", .doc = "the steps", .required = true, .definition = "steps"},
});
constexpr Group kBranch{"branch", "a branch of choose", kBranchKeys};

constexpr std::array kStepWords = std::to_array<StepWord>({
    {"compute", "keeps the processor busy for a time", nullptr, "duration_value"},
    {"sleep", "waits for a time", nullptr, "duration_value"},
    {"set", "assigns variables, in order", nullptr, "assignments"},
    {"repeat", "runs steps a number of times", &kRepeat},
    {"forever", "runs steps again and again: a list of steps, or a map", &kForever, "steps"},
    {"while", "runs steps while a condition holds", &kWhile},
    {"if", "runs steps if a condition holds", &kIf},
    {"choose", "runs one of several lists of steps, drawn by weight", nullptr, "branches"},
    {"note", "puts a text into the records", nullptr, "text"},
    {"exit", "ends the thread; the main thread's end ends the process", nullptr, "nothing"},
});

}  // namespace

std::span<const StepWord> step_words() { return kStepWords; }
const Group& branch_group() { return kBranch; }

}  // namespace memsim::loader
