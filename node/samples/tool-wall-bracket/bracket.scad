// Bracket for a French cleat wall. All lengths in mm.
// Origin: the upper front edge of the rail. x points away from the wall, y up.
// Print it as it lies here, on its side: the layers then follow the profile.

width = 30;

// The rail is 18 mm thick and its top is sawn at 45 degrees, the high edge in front.
profile = [
    [-16, -16],
    [0, 0],
    [0, -70],
    [56, -70],
    [56, -48],
    [50, -48],
    [50, -64],
    [8, -64],
    [8, 8],
    [-16, 8]
];

linear_extrude(height = width) polygon(profile);
