// Package watch tells which files below a folder have changed, in batches.
//
// The system's events are hints, not truth: editors write a file in several
// steps or put another one in its place, a checkout touches a thousand files, a
// new folder may hold files before anybody watches it, and a queue that
// overflows loses what it had. So an event only names a path, paths are
// collected until it has been quiet for a moment, and whoever takes the batch
// looks at the files themselves. A batch that says [Batch.All] stands for
// everything.
//
// Three files: names.go knows the files that editors and git make for
// themselves, collect.go turns events into batches and knows no file system,
// watch.go keeps watches on the folders.
package watch
