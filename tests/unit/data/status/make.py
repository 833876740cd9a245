#!/usr/bin/env python3
"""Makes the lists of this folder with Python's zlib, independently of our code.

1, 2 and 4 bits: the indices and values of draft-ietf-oauth-status-list, appendix C; the results are
byte for byte the `lst` of that appendix. 8 bits: every value once, at places of our own.
"""
import base64
import zlib

ENTRIES = 1 << 20
LISTS = {
    1: {i: 1 for i in (0, 1993, 25460, 159495, 495669, 554353, 645645, 723232, 854545, 934534,
                       1000345)},
    2: {0: 1, 1993: 2, 25460: 1, 159495: 3, 495669: 1, 554353: 1, 645645: 2, 723232: 1, 854545: 1,
        934534: 2, 1000345: 3},
    4: {0: 1, 1993: 2, 35460: 3, 459495: 4, 595669: 5, 754353: 6, 845645: 7, 923232: 8, 924445: 9,
        934534: 10, 1004534: 11, 1000345: 12, 1030203: 13, 1030204: 14, 1030205: 15},
    8: {(v * 4093 + 7) % ENTRIES: v for v in range(256)},
}

for bits, values in LISTS.items():
    packed = bytearray(ENTRIES * bits // 8)
    for index, value in values.items():
        packed[index * bits // 8] |= value << (index * bits % 8)
    text = base64.urlsafe_b64encode(zlib.compress(bytes(packed), 9)).rstrip(b"=").decode()
    with open(f"list{bits}.lst", "w") as f:
        f.write(text)
    with open(f"list{bits}.values", "w") as f:
        f.writelines(f"{i} {v}\n" for i, v in sorted(values.items()))
