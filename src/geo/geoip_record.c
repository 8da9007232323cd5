/*
 * geoip_record.c -- what one record of a GeoIP file says, in each known layout.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "geo/geoip_record.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH = 3 };

/* Where a value stands in a record. */
typedef const char *const path[DEPTH];

/* Read the value at path. One that is not there has no data. */
static int
get(MMDB_entry_s *entry, path at, MMDB_entry_data_s *data)
{
	int status = MMDB_aget_value(entry, data, at);

	if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) {
		data->has_data = false;
		return MMDB_SUCCESS;
	}
	return status;
}

static bool
is_text(const MMDB_entry_data_s *data)
{
	return data->has_data && data->type == MMDB_DATA_TYPE_UTF8_STRING;
}

/* Is the value two letters? Then write them in upper case. */
static bool
take_code(const MMDB_entry_data_s *data, char country[3])
{
	if (!is_text(data) || data->data_size != 2 ||
	    !isalpha((unsigned char)data->utf8_string[0]) ||
	    !isalpha((unsigned char)data->utf8_string[1]))
		return false;
	country[0] = (char)toupper((unsigned char)data->utf8_string[0]);
	country[1] = (char)toupper((unsigned char)data->utf8_string[1]);
	country[2] = '\0';
	return true;
}

int
record_country(MMDB_entry_s *entry, struct place *place)
{
	/* The best first. */
	static path paths[] = {
		{ "country", "iso_code", NULL }, /* MaxMind */
		{ "registered_country", "iso_code", NULL },
		{ "country_code", NULL, NULL }, /* ip-location-db, IPinfo */
		{ "country", NULL, NULL },	/* IPinfo's older files */
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		MMDB_entry_data_s data;
		int status = get(entry, paths[i], &data);

		if (status != MMDB_SUCCESS || take_code(&data, place->country))
			return status;
	}
	return MMDB_SUCCESS;
}

/* A number, or a text such as "AS15169"; 0: neither. */
static uint32_t
number_of(const MMDB_entry_data_s *data)
{
	char digits[12];
	int64_t number;

	if (data->has_data && data->type == MMDB_DATA_TYPE_UINT32)
		return data->uint32;
	if (data->has_data && data->type == MMDB_DATA_TYPE_UINT16)
		return data->uint16;
	if (!is_text(data) || data->data_size <= 2 ||
	    data->data_size - 2 >= sizeof(digits) ||
	    toupper((unsigned char)data->utf8_string[0]) != 'A' ||
	    toupper((unsigned char)data->utf8_string[1]) != 'S')
		return 0;
	memcpy(digits, data->utf8_string + 2, data->data_size - 2);
	digits[data->data_size - 2] = '\0';
	number = text_parse_number(digits, UINT32_MAX);
	return number > 0 ? (uint32_t)number : 0;
}

/* Whoever gives his system a name must not write to terminals. */
static void
take_name(const MMDB_entry_data_s *data, char name[AS_NAME_SIZE])
{
	text_copy_line(name, AS_NAME_SIZE, data->utf8_string, data->data_size);
}

int
record_asn(MMDB_entry_s *entry, struct place *place)
{
	static path numbers[] = {
		{ "autonomous_system_number", NULL, NULL }, /* MaxMind */
		{ "asn", NULL, NULL },			    /* IPinfo */
	};
	static path names[] = {
		{ "autonomous_system_organization", NULL, NULL },
		{ "as_name", NULL, NULL }, /* IPinfo Lite */
		{ "name", NULL, NULL },	   /* IPinfo's older files */
	};
	MMDB_entry_data_s data;
	int status = MMDB_SUCCESS;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		status = get(entry, numbers[i], &data);
		if (status != MMDB_SUCCESS)
			return status;
		place->asn = number_of(&data);
		if (place->asn != 0)
			break;
	}
	if (place->asn == 0)
		return MMDB_SUCCESS;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		status = get(entry, names[i], &data);
		if (status == MMDB_SUCCESS && !is_text(&data))
			continue;
		if (status == MMDB_SUCCESS)
			take_name(&data, place->as_name);
		break;
	}
	return status;
}

static bool
take_degrees(const MMDB_entry_data_s *data, double most, double *degrees)
{
	if (data->has_data && data->type == MMDB_DATA_TYPE_DOUBLE)
		*degrees = data->double_value;
	else if (data->has_data && data->type == MMDB_DATA_TYPE_FLOAT)
		*degrees = (double)data->float_value;
	else
		return false;
	return *degrees >= -most && *degrees <= most; /* NaN is not */
}

int
record_point(MMDB_entry_s *entry, struct place *place)
{
	static const struct {
		path latitude, longitude, radius;
	} layouts[] = {
		{ { "location", "latitude", NULL },
		    { "location", "longitude", NULL },
		    { "location", "accuracy_radius", NULL } }, /* MaxMind */
		{ { "latitude", NULL, NULL }, { "longitude", NULL, NULL },
		    { "accuracy_radius", NULL, NULL } }, /* ip-location-db */
	};

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		MMDB_entry_data_s y, x, radius;
		int status = get(entry, layouts[i].latitude, &y);

		if (status == MMDB_SUCCESS)
			status = get(entry, layouts[i].longitude, &x);
		if (status == MMDB_SUCCESS)
			status = get(entry, layouts[i].radius, &radius);
		if (status != MMDB_SUCCESS)
			return status;
		if (!take_degrees(&y, 90, &place->latitude) ||
		    !take_degrees(&x, 180, &place->longitude))
			continue;
		place->has_point = true;
		place->radius_km = number_of(&radius);
		return MMDB_SUCCESS;
	}
	return MMDB_SUCCESS;
}
