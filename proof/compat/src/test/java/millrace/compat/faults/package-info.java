/// Faults under load: a real node is killed, loses its power, its disk or its bytes, while clients write and check.
///
/// Why: the simulator knows only the failures that somebody thought of. Here the kernel, the file system and the JVM take part.
///
///     Load ── idempotent producers, acks=all, every record has an id of its own ──▶ node ◀── fault
///       │ sent, acknowledged                                                          │
///       └──────────────▶ Facts ◀────────────────────── what a Reading finds ──────────┘
///
/// [Facts] checks `reliability.md` D1 (what was acknowledged stays), D2 (nothing is read that was not sent), D3 (one value for each offset),
/// D5 (a producer's order) and D6 (no duplicate); in [ExactlyOnceCampaignTest] its load is the input of a job of three [Transformer]s, whose
/// output must be the input exactly once; and for a damaged partition D11: what is not there is refused, and nothing wrong is given
/// ([Survivors]). Campaigns have a small size in the everyday run and a large one by a property (`-Dfaults.kills=200`; `proof/faults/README.md`);
/// with `-Dfaults.ledger=<file>` each writes a line of what it has done ([Ledger]; ours is `proof/faults/ledger.tsv`).
///
/// Corruptions ([CorruptionCampaignTest]): [DamagedNode] keeps the data of one filled node twice, as a SIGKILL and as a clean stop left it; each seed
/// copies one of them back, does one [Damage] to one file, starts the node, and [DamageCheck] reads and writes everywhere. After a SIGKILL a damaged
/// log may end above the recovery point that was on the device: nothing there tells damage from a torn tail.
/// What needs a privilege or a compiler that is not there is skipped with a message, and fails in CI.
package millrace.compat.faults;
