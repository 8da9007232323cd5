/*
 * scenes.h -- scenes of test_calls.c: what a store is told and tells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_STORE_SCENES_H
#define TESTS_STORE_SCENES_H

#include "world.h"

/* Play on an empty store and write all that it tells. */
typedef void scene(struct world *, struct text *);

scene scene_overrides_change;
scene scene_custom_settings;
scene scene_causes, scene_hits_of_odd_names;
scene scene_an_account_is_forgotten, scene_servers_forget_what_is_forgotten;
scene scene_unblocking_teaches;
scene scene_turn_from_the_future, scene_blocks_of_nobody;
scene scene_decisions_by_time, scene_decisions_are_bounded;
scene scene_decisions_of_two_hosts, scene_hosts;
scene scene_blocks_are_found, scene_blocks_to_choose;
scene scene_countries_seen, scene_overrides_and_changes_are_found;
scene scene_lessons_are_taken, scene_lessons_are_added, scene_many_lessons;
scene scene_who_would_be_blocked, scene_attempts;

/* Put an override that allows so many countries; its revision then. */
enum store_result scene_put(struct world *, const char *account,
    uint32_t countries, int64_t expected, int64_t *revision);

#endif
