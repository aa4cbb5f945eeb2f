package git

import (
	"context"
	"strings"
)

// LastCommitted gives the text that each file below a folder last had: the blob
// id in HEAD, or for a file that is gone the one from before its removal, by
// the path relative to Dir. What a cut-off history does not hold is missing.
func (r *Repo) LastCommitted(ctx context.Context, folder string) (map[string]string, error) {
	blobs := map[string]string{}
	if _, ok, err := r.Head(ctx); err != nil || !ok {
		return blobs, err
	}
	out, err := r.Output(ctx, nil, "log", "-z", "--raw", "--no-abbrev", "--no-renames", "--relative", "--no-show-signature",
		"--first-parent", "-m", "--diff-filter=D", "--format=", "HEAD", "--", folder)
	if err != nil {
		return nil, err
	}
	tokens := strings.Split(out, "\x00")
	for i := 0; i+1 < len(tokens); i += 2 {
		fields := strings.Fields(tokens[i])
		if len(fields) != 5 {
			break
		}
		if _, newer := blobs[tokens[i+1]]; !newer {
			blobs[tokens[i+1]] = fields[2]
		}
	}
	out, err = r.Output(ctx, nil, "ls-tree", "-r", "-z", "HEAD", "--", folder)
	for entry := range strings.SplitSeq(out, "\x00") {
		meta, file, ok := strings.Cut(entry, "\t")
		if fields := strings.Fields(meta); ok && len(fields) == 3 {
			blobs[file] = fields[2]
		}
	}
	return blobs, err
}

// Blob gives a text by its id.
func (r *Repo) Blob(ctx context.Context, id string) (string, error) {
	return r.Output(ctx, nil, "cat-file", "blob", "--end-of-options", id)
}
