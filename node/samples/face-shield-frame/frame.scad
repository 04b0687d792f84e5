// Frame of a face shield. All lengths in mm. Prints flat, without supports.
// Origin: the middle of the head. The face looks along x.

head_radius = 76;   // inner face of the head band; the arms stand twice this apart
visor_radius = 100; // outer face of the front band
band = 3;           // thickness of both bands
height = 12;
arm = 70;           // length of the arms behind the ears
hole_spacing = 80;  // of a four-hole office punch, along the sheet

$fn = 180;

// Half a ring in front of the origin, between two radii.
module half_ring(inner, outer) {
    linear_extrude(height) intersection() {
        difference() { circle(outer); circle(inner); }
        translate([0, -outer]) square([outer, 2 * outer]);
    }
}

module side() {
    // Joins both bands.
    translate([-8, head_radius, 0]) cube([8, visor_radius - head_radius, height]);
    // Arm, with a hook that turns outwards for the elastic.
    translate([-arm, head_radius, 0]) cube([arm, band, height]);
    translate([-arm, head_radius, 0]) cube([band, 10, height]);
}

// A peg with a head that is 0.6 mm wider than the punched hole of 6 mm.
module peg(angle) {
    rotate(angle) translate([visor_radius - 1, 0, height / 2]) rotate([0, 90, 0]) {
        cylinder(d = 5, h = 4);
        translate([0, 0, 4]) cylinder(d = 6.6, h = 1.5);
    }
}

half_ring(head_radius, head_radius + band);
half_ring(visor_radius - band, visor_radius);
side();
mirror([0, 1, 0]) side();
for (step = [-1.5, -0.5, 0.5, 1.5])
    peg(step * hole_spacing / visor_radius * 180 / PI);
