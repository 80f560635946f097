/* containers.cpp -- Growth inside standard containers: the site is who fills them, not std::.
 *
 * index_document adds a map node and a string beyond the small-string buffer, from one line.
 * A vector that is filled and dropped, and a table of constant size, allocate beside it.
 *
 * expect: kind=leak site1=index_document file=containers.cpp growth=11300000±2% blocks=+200000±2%
 * expect: absent=count_words absent=build_table
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "heapdiff.h"

#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

/* 72 bytes a node, 41 a title: libstdc++ on 64 bits. */
class Library {
  public:
    void index_document(int number)
    {
        titles_[number] = std::string(40, static_cast<char>('a' + number % 26));
    }

    size_t size() const
    {
        return titles_.size();
    }

  private:
    std::map<int, std::string> titles_;
};

size_t count_words(int number)
{
    std::vector<std::string> words;

    for (int word = 0; word < 8; word++)
        words.push_back(std::string(20 + static_cast<size_t>(number % 50), 'w'));
    return words.size() + words.back().size();
}

std::vector<double> build_table(size_t size)
{
    return std::vector<double>(size, 0.5);
}

size_t read_documents(Library &library, int first, int count)
{
    size_t words = 0;

    for (int number = first; number < first + count; number++) {
        library.index_document(number);
        words += count_words(number);
    }
    return words;
}

} // namespace

int main()
{
    Library library;
    std::vector<double> table = build_table(3u << 20);
    size_t words = read_documents(library, 0, 3000);

    heapdiff_snapshot("steady");
    words += read_documents(library, 3000, 100000);
    heapdiff_snapshot("loaded");

    std::printf("%zu documents, %zu words, table %.1f\n", library.size(), words, table[1000]);
    return 0;
}
