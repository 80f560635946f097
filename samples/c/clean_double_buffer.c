/* clean_double_buffer.c -- Scenes are built beside the one that is shown, then take its place.
 *
 * Sizes differ from scene to scene by a few per cent; never more than two are alive.
 *
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../common/noise.h"

enum { OBJECTS = 4000 };

struct scene {
    char *objects[OBJECTS];
};

static struct scene *build_scene(void)
{
    struct scene *scene = malloc(sizeof *scene);

    for (int i = 0; i < OBJECTS; i++)
        scene->objects[i] = memset(malloc(480 + noise_random(40)), 'o', 480);
    return scene;
}

static void drop_scene(struct scene *scene)
{
    for (int i = 0; i < OBJECTS; i++)
        free(scene->objects[i]);
    free(scene);
}

static struct scene *show(struct scene *front, unsigned scenes)
{
    for (unsigned number = 0; number < scenes; number++) {
        struct scene *back = build_scene();
        drop_scene(front);
        front = back;
        noise_work(200);
    }
    return front;
}

int main(void)
{
    struct scene *front;

    noise_begin();
    front = show(build_scene(), 10);
    heapdiff_snapshot("steady");
    front = show(front, 60);
    heapdiff_snapshot("loaded");
    printf("%c, %lu\n", front->objects[1][1], noise.sum);
    drop_scene(front);
    return 0;
}
