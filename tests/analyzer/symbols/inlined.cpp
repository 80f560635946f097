// inlined.cpp -- A program that an optimiser inlines deeply, for test_agreement.py.
//
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <regex>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace shop {

struct Item {
    std::string name;
    double price;
    std::shared_ptr<Item> wrapped;
};

class Stock {
  public:
    void add(std::string name, double price)
    {
        items_[name].push_back({name, price, std::make_shared<Item>(Item{name, 0, nullptr})});
    }

    double total(const std::function<bool(const Item &)> &wanted) const
    {
        double sum = 0;
        for (const auto &[name, items] : items_)
            sum += std::accumulate(items.begin(), items.end(), 0.0,
                                   [&](double left, const Item &item) {
                                       return wanted(item) ? left + item.price : left;
                                   });
        return sum;
    }

    std::vector<Item> sorted() const
    {
        std::vector<Item> all;
        for (const auto &entry : items_)
            all.insert(all.end(), entry.second.begin(), entry.second.end());
        std::stable_sort(all.begin(), all.end(),
                         [](const Item &a, const Item &b) { return a.price < b.price; });
        return all;
    }

  private:
    std::unordered_map<std::string, std::vector<Item>> items_;
};

} // namespace shop

int main(int argc, char **argv)
{
    shop::Stock stock;
    std::regex pattern("([a-z]+)=([0-9.]+)");
    std::map<std::string, int> seen;
    for (int i = 1; i < argc; i++) {
        std::smatch match;
        std::string word = argv[i];
        if (std::regex_match(word, match, pattern) && seen[match[1]]++ == 0)
            stock.add(match[1], std::stod(match[2]));
    }
    std::ostringstream out;
    for (const auto &item : stock.sorted())
        out << item.name << ' ' << item.price << '\n';
    std::cout << out.str() << stock.total([](const shop::Item &item) { return item.price > 1; });
    return 0;
}
