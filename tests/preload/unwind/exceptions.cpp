// exceptions.cpp -- Allocates while exceptions fly: throw, unwind, destructors, catch.
//
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct Note {
    explicit Note(int number) : text(static_cast<size_t>(number % 90 + 20), 'n')
    {
    }
    ~Note()
    {
        auto copy = std::make_unique<std::string>(text); // allocates while the stack unwinds
        length += copy->size();
    }
    std::string text;
    static inline size_t length = 0;
};

[[gnu::noinline]] static size_t fail(int depth, int number)
{
    Note note(number);
    if (depth == 0)
        throw std::runtime_error(note.text);
    return fail(depth - 1, number) + note.text.size();
}

int main()
{
    std::map<int, std::vector<std::string>> caught;
    for (int i = 0; i < 20000; i++) {
        try {
            fail(i % 9, i);
        } catch (const std::exception &error) {
            caught[i % 100].push_back(error.what());
        }
    }
    std::printf("%zu %zu\n", caught.size(), Note::length);
}
