# Counts the tests in ctest's LastTest.log: cmocka's own counts, a script's "N passed, N failed" line,
# else one test a program. Prints "passed N", "failed N", "skipped N", "failure NAME", "skip TEXT".
function close_program() {
    if (name == "") return
    if (p + f + s == 0) { if (ok) p = 1; else f = 1 } # what was skipped did not pass
    if (!ok && f == 0) f = 1
    passed += p; failed += f
    if (!ok) print "failure " name
    name = ""
}
/^[0-9]+\/[0-9]+ Testing: / { close_program(); name = $3; p = f = s = ok = 0 }
/\[  PASSED  \] [0-9]+ test\(s\)/ { match($0, /\] [0-9]+ test/); p += substr($0, RSTART + 2) + 0 }
/\[  FAILED  \] [0-9]+ test\(s\), listed/ { match($0, /\] [0-9]+ test/); f += substr($0, RSTART + 2) + 0 }
/^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3 }
/^SKIPPED: / { s++; skipped++; print "skip " substr($0, 10) }
/^Test Passed\./ { ok = 1 }
END { close_program(); print "passed " passed + 0; print "failed " failed + 0; print "skipped " skipped + 0 }
