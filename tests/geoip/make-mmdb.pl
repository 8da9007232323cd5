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
# known; 203.0.113.192/26 and 2001:db8:200::/48 are in no file.
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
	is_in_european_union => 'boolean',
);

# The record of a country in each layout.
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
		my ($code) = @_;
		return {
			city => { geoname_id => 2, names => { en => 'Town' } },
			country => { iso_code => $code,
				is_in_european_union => 1 },
			location => { latitude => 48.1, longitude => 11.6,
				accuracy_radius => 10,
				time_zone => 'Europe/Berlin' },
			subdivisions => [{ iso_code => 'BY' }],
		};
	},
	flat => sub {
		my ($code) = @_;
		return { country_code => $code };
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

sub write_file {
	my ($path, $layout, $ip_version, $shift) = @_;
	my $tree = MaxMind::DB::Writer::Tree->new(
		ip_version => $ip_version,
		record_size => 24,
		database_type => "policyd-test-$layout",
		languages => ['en'],
		description => { en => 'Networks for documentation' },
		map_key_type_callback => sub { $types{ $_[0] } },
		remove_reserved_networks => 0,
		$ip_version == 6 ? (alias_ipv6_to_ipv4 => 1) : (),
	);
	for my $n (0 .. $#countries) {
		my $code = $countries[($n + $shift) % @countries];
		$tree->insert_network($_, $layouts{$layout}->($code))
		    for networks($n, $ip_version);
	}
	if ($layout eq 'country' && $ip_version == 6) {
		$tree->insert_network($_,
		    { registered_country => { iso_code => 'SE' } })
		    for ('203.0.113.128/26', '2001:db8:100::/48');
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
write_file("$directory/ipv4.mmdb", 'country', 4, 0);
