/*
 * serving_of.c -- what the server reads of a configuration.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "roles/serving_of.h"

struct serving
serving_of(const struct config *config)
{
	return (struct serving){
		.endpoints = &config->endpoints,
		.socket = &config->socket,
		.server = &config->server,
		.log = &config->log,
	};
}
