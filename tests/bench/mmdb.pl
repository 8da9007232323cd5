#!/usr/bin/perl
# mmdb.pl -- write a GeoIP country file; lines "NETWORK COUNTRY" on input.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# usage: mmdb.pl FILE
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my ($path) = @ARGV or die "usage: mmdb.pl FILE\n";
my %types = (country => 'map', iso_code => 'utf8_string');
my $tree = MaxMind::DB::Writer::Tree->new(
	ip_version => 6,
	record_size => 24,
	database_type => 'GeoLite2-Country',
	languages => ['en'],
	description => { en => 'Countries of the benchmark' },
	alias_ipv6_to_ipv4 => 1,
	remove_reserved_networks => 0,
	map_key_type_callback => sub { $types{ $_[0] } },
);
while (my $line = <STDIN>) {
	my ($network, $country) = split ' ', $line;
	$tree->insert_network($network, { country => { iso_code => $country } });
}
open(my $file, '>:raw', $path) or die "$path: $!\n";
$tree->write_tree($file);
close($file) or die "$path: $!\n";
