// Package bench measures whole commands on help centers of real size. It holds
// benchmarks only; docs/performance.md says how to run them and what came out.
//
// Three things keep the figures honest:
//
//   - The help center (workspace_test.go) is made up, but out of the same blocks
//     as 1,028 real bodies, each as often as it occurs there.
//   - The commands are the real binary, and the lists come from a server in a
//     process of its own (server_test.go). What is counted is the CPU time, user
//     and system, of the command and of the git processes that it waited for.
//   - Every figure is a ratio to a reference that runs in the same round, as a
//     process of its own too (reference_test.go), and the least of several
//     rounds on either side, because other work on the machine only ever adds.
package bench
