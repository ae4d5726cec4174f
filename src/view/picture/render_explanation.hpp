// Explanations of failed contiguous requests as text for people.
#pragma once

#include <string>
#include <string_view>

#include <memsim/view/explanation.hpp>

namespace memsim {

// A section of render_text(). Says so where nothing failed.
void append_explanations(std::string& out, std::string_view title, const FirstOf<FailureExplanation>& failures,
                         Bytes page_size);

// What would have served the request, in one sentence, and, where moves would have, why none were made.
[[nodiscard]] std::string remedy_sentence(const FailureExplanation& failure, Bytes page_size);

}  // namespace memsim
