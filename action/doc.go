// Package action holds the GitHub Action of this repository, action.yml, to what
// it promises. It is tests only; the action itself is that file and the scripts
// beside this one:
//
//	choose.sh   a release, or the source
//	install.sh  downloads and checks the one, or builds the other
//	run.sh      runs one command
//	release.sh  makes what install.sh downloads
//
// The tests read the steps, their environment and their scripts out of
// action.yml and run them under bash as a runner does: with the variables that
// GitHub documents and no others, in a checkout as actions/checkout leaves it,
// against a bare repository that refuses pushes to main, the sandbox in the
// place of Intercom, and a stand-in for GitHub. A test ends when a run on a
// fresh machine finds nothing left to do.
package action
