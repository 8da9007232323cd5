#!/usr/bin/perl
# writer.pl -- write the GeoIP files of the made-up internet.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: writer.pl WORLD COUNTRY.mmdb ASN.mmdb
#
# WORLD has a network, its country and its AS number on each line. The files
# are laid out as GeoLite2-Country and GeoLite2-ASN are.
use strict;
use warnings;
use MaxMind::DB::Writer::Tree;

my %types = (
	country => 'map', iso_code => 'utf8_string',
	autonomous_system_number => 'uint32',
	autonomous_system_organization => 'utf8_string',
);

sub tree {
	my ($type) = @_;
	return MaxMind::DB::Writer::Tree->new(
		ip_version => 6,
		record_size => 24,
		database_type => $type,
		languages => ['en'],
		description => { en => 'A made-up internet' },
		map_key_type_callback => sub { $types{ $_[0] } },
		remove_reserved_networks => 0,
		alias_ipv6_to_ipv4 => 1,
	);
}

sub save {
	my ($tree, $path) = @_;
	open my $file, '>:raw', $path or die "$path: $!\n";
	$tree->write_tree($file);
	close $file or die "$path: $!\n";
	return;
}

my ($world, $country_path, $asn_path) = @ARGV;
die "usage: writer.pl WORLD COUNTRY.mmdb ASN.mmdb\n" if !defined $asn_path;
my ($countries, $systems) = (tree('GeoLite2-Country'), tree('GeoLite2-ASN'));
open my $in, '<', $world or die "$world: $!\n";
while (my $line = <$in>) {
	my ($network, $country, $asn) = split ' ', $line;
	$countries->insert_network($network,
	    { country => { iso_code => $country } });
	$systems->insert_network($network, {
		autonomous_system_number => $asn,
		autonomous_system_organization => "Made-up system $asn",
	});
}
close $in;
save($countries, $country_path);
save($systems, $asn_path);
