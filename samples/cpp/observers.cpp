/* observers.cpp -- Every view subscribes with a closure that holds its text; none unsubscribes.
 *
 * The closure is too large for std::function itself, so two blocks a view, and the vector's.
 *
 * expect: kind=leak site1=open_view file=observers.cpp growth=10020000±2% blocks=+20000±2%
 * expect: also=subscribe
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace {

class Model {
  public:
    void subscribe(std::function<size_t(unsigned)> observer)
    {
        observers_.push_back(std::move(observer));
    }

    size_t publish(unsigned value) const
    {
        return observers_.back()(value);
    }

  private:
    std::vector<std::function<size_t(unsigned)>> observers_;
};

std::string render(unsigned number)
{
    std::string text(500, 'v');

    text.replace(0, 4, std::to_string(number % 10000));
    text.resize(500, 'v');
    return text;
}

void open_view(Model &model, unsigned number)
{
    std::string text = render(number);

    model.subscribe([text](unsigned value) { return text.size() + value % 3; });
}

size_t serve(Model &model, unsigned count)
{
    size_t shown = 0;

    for (unsigned number = 0; number < count; number++) {
        open_view(model, number);
        shown += model.publish(number);
        noise_message(number);
    }
    return shown;
}

} // namespace

int main()
{
    Model model;

    noise_begin();
    size_t shown = serve(model, 2000);
    heapdiff_snapshot("steady");
    shown += serve(model, 20000);
    heapdiff_snapshot("loaded");
    std::printf("%zu shown, %lu\n", shown, noise.sum);
    return 0;
}
