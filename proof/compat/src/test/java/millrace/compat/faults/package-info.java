/// Faults under load: a real node is killed, loses its power, its disk or its bytes, while clients write and check.
///
/// Why: the simulator knows only the failures that somebody thought of. Here the kernel, the file system and the JVM take part.
///
///     Load ── idempotent producers, acks=all, every record has an id of its own ──▶ node ◀── fault
///       │ sent, acknowledged                                                          │
///       └──────────────▶ Facts ◀────────────────────── what a Reading finds ──────────┘
///
/// [Facts] checks `reliability.md` D1 (what was acknowledged stays), D2 (nothing is read that was not sent), D3 (one value for each offset),
/// D5 (a producer's order) and D6 (no duplicate). Campaigns have a small size in the everyday run and a large one by a property
/// (`-Dfaults.kills=200`); with `-Dfaults.ledger=<file>` each writes a line of what it has done ([Ledger]; ours is `proof/faults/ledger.tsv`).
/// What needs a privilege or a compiler that is not there is skipped with a message, and fails in CI.
package millrace.compat.faults;
