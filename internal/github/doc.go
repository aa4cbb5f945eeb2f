// Package github says on GitHub what hcsync found and did: annotations beside
// the lines of a pull request, a summary of the step, values for later steps,
// one comment that is edited in place, and the pull request that brings home
// what changed in Intercom.
//
// Titles, bodies and file names come from whoever can write to a help center or
// open a pull request, so here they are hostile. Every string takes one of
// three ways out: [Annotation] escapes it for a workflow command, text for
// Markdown and HTML, and [Guard] for everything else that a step prints. None
// of them can start a workflow command, close a tag, mention a team or link an
// issue.
//
// The package knows GitHub's REST API (version 2022-11-28) as far as comments
// and pull requests go, and the environment of a step as documented under
// "Workflow commands" and "Variables".
package github
