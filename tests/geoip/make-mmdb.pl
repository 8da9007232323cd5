#!/usr/bin/perl
# make-mmdb.pl -- write small GeoIP files of our own for tests and the demo.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: make-mmdb.pl DIRECTORY
#
# Sixteen countries share the networks that are reserved for documentation
# (RFC 5737, RFC 3849). Country number N has
#
#	192.0.2.(16 N)/28  198.51.100.(16 N)/28  2001:db8:N::/48
#
# and so has, in 203.0.113.0/25, one of the first eight: N, 203.0.113.(16 N)/28.
# In 203.0.113.128/26 and 2001:db8:100::/48 only the registered country is
# known; 203.0.113.192/26 and 2001:db8:200::/48 are in no file. The autonomous
# system of country N is AS(64496 + N) (RFC 5398), its place is at latitude
# 5 N - 35 and longitude 20 N - 150. In asn.mmdb alone 240.0.0.N has AS(65536 +
# N) (RFC 5398), whose names nobody should have.
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my @countries = qw(DE AT CH FR IT ES NL PL US CA BR IN JP CN RU ZA);

my %types = (
	country => 'map', registered_country => 'map', continent => 'map',
	city => 'map', location => 'map', names => 'map', postal => 'map',
	subdivisions => ['array', 'map'],
	iso_code => 'utf8_string', code => 'utf8_string', en => 'utf8_string',
	country_code => 'utf8_string', time_zone => 'utf8_string',
	geoname_id => 'uint32', accuracy_radius => 'uint16',
	latitude => 'double', longitude => 'double',
	autonomous_system_number => 'uint32',
	autonomous_system_organization => 'utf8_string',
	asn => 'utf8_string', as_name => 'utf8_string', name => 'utf8_string',
	as_domain => 'utf8_string', domain => 'utf8_string',
	is_in_european_union => 'boolean',
);

# Where a layout has another type under the same name.
my %types_of = (
	flat_city => { latitude => 'float', longitude => 'float',
		city => 'utf8_string' },
	info => { country => 'utf8_string', continent => 'utf8_string' },
	lite => { country => 'utf8_string', continent => 'utf8_string' },
);

sub latitude { return 5 * $_[0] - 35 }
sub longitude { return 20 * $_[0] - 150 }
sub asn { return 64496 + $_[0] }

# The record of a country, and of its number, in each layout.
my %layouts = (
	country => sub {
		my ($code) = @_;
		return {
			continent => { code => 'XX', names => { en => 'Any' } },
			country => {
				geoname_id => 1, iso_code => $code,
				names => { en => "Country $code" },
			},
			# Registered elsewhere: it must not be taken for the
			# country.
			registered_country => { iso_code => 'US' },
		};
	},
	city => sub {
		my ($code, $n) = @_;
		return {
			city => { geoname_id => 2, names => { en => 'Town' } },
			country => { iso_code => $code,
				is_in_european_union => 1 },
			location => { latitude => latitude($n),
				longitude => longitude($n),
				accuracy_radius => 10 + $n,
				time_zone => 'Europe/Berlin' },
			subdivisions => [{ iso_code => 'BY' }],
		};
	},
	flat => sub {
		my ($code) = @_;
		return { country_code => $code };
	},
	flat_city => sub {
		my ($code, $n) = @_;
		return { country_code => $code, city => 'Town',
			latitude => latitude($n), longitude => longitude($n) };
	},
	asn => sub {
		my (undef, $n) = @_;
		return { autonomous_system_number => asn($n),
			autonomous_system_organization => "Example $n" };
	},
	# IPinfo Lite, and its older files: one of countries, one of ASNs.
	lite => sub {
		my ($code, $n) = @_;
		return { country => "Country $code", country_code => $code,
			continent => 'Any', asn => 'AS' . asn($n),
			as_name => "Example $n", as_domain => 'example.net' };
	},
	info => sub {
		my ($code) = @_;
		return { country => $code, continent => 'AN' };
	},
	info_asn => sub {
		my (undef, $n) = @_;
		return { asn => 'AS' . asn($n), name => "Example $n",
			domain => 'example.net' };
	},
);

sub networks {
	my ($n, $ip_version) = @_;
	my $host = 16 * $n;
	my @networks = ("192.0.2.$host/28", "198.51.100.$host/28");
	push @networks, "203.0.113.$host/28" if $n < 8;
	push @networks, sprintf('2001:db8:%x::/48', $n) if $ip_version == 6;
	return @networks;
}

# A line break, what a terminal obeys, quotes, and too much.
my @odd_names = ("One\r\nTwo\tThree", "\e[2J\x{7f}\x{9b}31mRed",
	qq{"';\\\${account}}, '', "\x{e9}" x 150);

sub write_file {
	my ($path, $layout, $ip_version, $shift) = @_;
	my $tree = MaxMind::DB::Writer::Tree->new(
		ip_version => $ip_version,
		record_size => 24,
		database_type => "policyd-test-$layout",
		languages => ['en'],
		description => { en => 'Networks for documentation' },
		map_key_type_callback => sub {
			$types_of{$layout}{ $_[0] } // $types{ $_[0] };
		},
		remove_reserved_networks => 0,
		$ip_version == 6 ? (alias_ipv6_to_ipv4 => 1) : (),
	);
	for my $n (0 .. $#countries) {
		my $at = ($n + $shift) % @countries;
		my $record = $layouts{$layout}->($countries[$at], $at);
		$tree->insert_network($_, $record)
		    for networks($n, $ip_version);
	}
	if ($layout eq 'country' && $ip_version == 6) {
		$tree->insert_network($_,
		    { registered_country => { iso_code => 'SE' } })
		    for ('203.0.113.128/26', '2001:db8:100::/48');
	}
	if ($layout eq 'asn') {
		$tree->insert_network("240.0.0.$_/32",
		    { autonomous_system_number => 65536 + $_,
			autonomous_system_organization => $odd_names[$_] })
		    for 0 .. $#odd_names;
	}
	open my $file, '>:raw', $path or die "$path: $!\n";
	$tree->write_tree($file);
	close $file or die "$path: $!\n";
	return;
}

my ($directory) = @ARGV;
die "usage: make-mmdb.pl DIRECTORY\n" if !defined $directory;
write_file("$directory/country.mmdb", 'country', 6, 0);
# The same networks one country on: what a newer file might say.
write_file("$directory/country-v2.mmdb", 'country', 6, 1);
write_file("$directory/city.mmdb", 'city', 6, 0);
write_file("$directory/flat.mmdb", 'flat', 6, 0);
write_file("$directory/flat-city.mmdb", 'flat_city', 6, 0);
write_file("$directory/asn.mmdb", 'asn', 6, 0);
write_file("$directory/asn-v2.mmdb", 'asn', 6, 1);
write_file("$directory/lite.mmdb", 'lite', 6, 0);
write_file("$directory/info.mmdb", 'info', 6, 0);
write_file("$directory/info-asn.mmdb", 'info_asn', 6, 0);
write_file("$directory/ipv4.mmdb", 'country', 4, 0);
