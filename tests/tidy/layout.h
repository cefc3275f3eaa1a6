#pragma once

#include <vector>

#include "tests/tidy/source_tree.h"

// How the house is laid out and written, where a program can see it. Each check is a pure function over the
// tree.
namespace brug::tidy {

// A top-level folder or file that the house does not have.
[[nodiscard]] Findings StrangersAtTheTop(const std::vector<SourceFile>& tree);

// A folder, or a folder in it, without a README.md that says what is in it.
[[nodiscard]] Findings FoldersWithoutReadme(const std::vector<SourceFile>& tree);

// A source file with more lines than one purpose needs.
[[nodiscard]] Findings LongFiles(const std::vector<SourceFile>& tree);

// A note to do later what belongs now.
[[nodiscard]] Findings PostponedWork(const std::vector<SourceFile>& tree);

// A class or a file whose name does not tell what it is for.
[[nodiscard]] Findings EmptyNames(const std::vector<SourceFile>& tree);

// A header that may be read twice.
[[nodiscard]] Findings HeadersWithoutPragmaOnce(const std::vector<SourceFile>& tree);

// A clock, a source of randomness or the environment that is read where it should come in from outside; and a
// sleep, which belongs nowhere: what waits, waits for something.
[[nodiscard]] Findings OutsideWorldWithin(const std::vector<SourceFile>& tree);

// A lock file that names the host its packages came from, which is another one for everybody.
[[nodiscard]] Findings LockFilesWithHosts(const std::vector<SourceFile>& tree);

// A line of deploy/packages that does not say why the package is there, or a package that stands there twice.
[[nodiscard]] Findings PackagesWithoutReason(const std::vector<SourceFile>& tree);

}  // namespace brug::tidy
