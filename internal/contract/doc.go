// Package contract holds the client and the sandbox to what neither of them
// wrote. It is tests only.
//
//   - Intercom's own OpenAPI descriptions judge every request that the client
//     makes and every answer that the sandbox gives, in each version that the
//     descriptions beside the project cover. Where a description is known to be
//     wrong, known_test.go says so, with the evidence; an entry that excuses
//     nothing any more fails the test.
//   - Client and sandbox meet while teammates change the lists that are read.
//
// Without the descriptions the first of them skips and says so. Intercom's own
// client for Node drives the sandbox in a script of cmd/hcsync, node_client.
package contract
