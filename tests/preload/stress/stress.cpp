// stress.cpp -- Everything at once that has ever hung a heap profiler.
//
// stress SECONDS PLUGIN PLUGIN: threads that allocate, that load and unload plug-ins, that throw,
// that fork, that make threads, that take snapshots; all over the same heap. Prints what each of
// them did, and "done". A deadlock shows as silence, which the test does not wait for.
//
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "heapdiff.h"

static std::atomic<bool> stop;
static std::array<std::atomic<void *>, 4096> shared;

// Blocks wander between threads: allocated here, freed there.
static long allocate(unsigned seed)
{
    long count = 0;
    while (!stop) {
        seed = seed * 1103515245u + 12345u;
        free(shared[(seed >> 8) % shared.size()].exchange(malloc((seed >> 4) % 600)));
        count++;
    }
    return count;
}

static long load(const char *path)
{
    long count = 0;
    while (!stop) {
        void *library = dlopen(path, count % 2 ? RTLD_NOW : RTLD_LAZY);
        if (!library)
            throw std::runtime_error(dlerror());
        auto make = reinterpret_cast<void *(*)(size_t)>(dlsym(library, "plugin_make"));
        free(make(100));
        dlclose(library);
        count++;
    }
    return count;
}

[[gnu::noinline]] static void fail(int depth)
{
    std::string note(static_cast<size_t>(depth) * 10 + 30, 'x');
    if (depth == 0)
        throw std::runtime_error(note);
    fail(depth - 1);
}

static long fly()
{
    long count = 0;
    while (!stop) {
        try {
            fail(static_cast<int>(count % 12));
        } catch (const std::exception &) {
            count++;
        }
    }
    return count;
}

static long breed()
{
    long count = 0;
    while (!stop) {
        pid_t child = fork();
        if (child == 0) {
            free(malloc(200));
            std::string text(500, 'c');
            _exit(text.size() == 500 ? 0 : 1);
        }
        int status = -1;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            throw std::runtime_error("a forked child (" + std::to_string(child) +
                                     ") did not end well: status " + std::to_string(status));
        count++;
    }
    return count;
}

static long spin_off()
{
    long count = 0;
    while (!stop) {
        std::thread([] { auto text = std::make_unique<std::string>(300, 't'); }).join();
        count++;
    }
    return count;
}

static long shoot()
{
    long count = 0;
    while (!stop) {
        int error = heapdiff_snapshot("stress");
        if (error != 0)
            throw std::runtime_error("a snapshot failed: error " + std::to_string(error));
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct Job {
        const char *name;
        long (*run)(char **argv);
        long count = 0;
    };
    std::vector<Job> jobs = {{"allocations", [](char **) { return allocate(1); }},
                             {"allocations", [](char **) { return allocate(2); }},
                             {"loads", [](char **args) { return load(args[2]); }},
                             {"loads", [](char **args) { return load(args[3]); }},
                             {"exceptions", [](char **) { return fly(); }},
                             {"forks", [](char **) { return breed(); }},
                             {"threads", [](char **) { return spin_off(); }},
                             {"snapshots", [](char **) { return shoot(); }}};
    std::vector<std::thread> threads;
    for (auto &job : jobs)
        threads.emplace_back([&job, argv] { job.count = job.run(argv); });
    std::this_thread::sleep_for(std::chrono::seconds(atoi(argv[1])));
    stop = true;
    for (auto &thread : threads)
        thread.join();
    for (const auto &job : jobs)
        std::printf("%s %ld\n", job.name, job.count);
    std::puts("done");
}
