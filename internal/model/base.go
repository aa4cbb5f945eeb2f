package model

import "maps"

// Agreed is what both sides last agreed on for one field: the value as the
// file had it, and the value as the server gave it. Each side is compared with
// its own half, so a server that rewrites what it was sent is no change.
type Agreed struct {
	// Managed is false where the file did not name the field; then Local means
	// nothing.
	Managed bool
	Local   string
	Remote  string
}

// BaseContent is the agreement about one locale.
type BaseContent struct {
	// Fields holds every field that was ever agreed. The body's halves are
	// Markdown and HTML.
	Fields map[Field]Agreed
	// Taken is the text of a pending draft that the file has taken in without
	// its being live. A later draft is merged on top of it, and once it is live
	// it is what both sides agree on. The next agreement on a field ends it.
	Taken map[Field]Agreed
	// Seen is the first main commit whose push saw this locale in the files.
	// Its absence from the files is a deletion only when that commit is in
	// HEAD's history.
	Seen string
	// Removed marks a tombstone: the files no longer have the locale, and it
	// was left in Intercom.
	Removed bool
}

// BaseObject is the agreement about one object.
type BaseObject struct {
	Kind Kind
	ID   string
	// Primary is the object's id in the files, where that is not its id here: in
	// the state of a second workspace. Empty while the files name none.
	Primary string
	// Path is the folder or default-locale file that the object had, relative
	// to the content folder.
	Path string
	// LocalParents and RemoteParents are ids of collections, the primary first.
	LocalParents, RemoteParents []string
	// Pushed is the main commit of the last push that wrote the object.
	Pushed string
	// Removed marks a tombstone: the files no longer have the object, and it
	// was left in Intercom.
	Removed bool
	// Kept is the main commit that knew of this version when it decided to keep
	// the object removed from the files or, in a second workspace, what the files
	// say. The next version does not have it.
	Kept     string
	Contents map[Locale]BaseContent
}

// Key gives the object's identity.
func (b *BaseObject) Key() Key { return Key{b.Kind, b.ID} }

// Next copies an entry to build the following one from; tip is the newest
// entry of the object, nil where the state has none.
func (k Key) Next(tip *BaseObject) *BaseObject {
	if tip == nil {
		return &BaseObject{Kind: k.Kind, ID: k.ID, Contents: map[Locale]BaseContent{}}
	}
	next := *tip
	next.Kept = ""
	next.Contents = maps.Clone(tip.Contents)
	if next.Contents == nil {
		next.Contents = map[Locale]BaseContent{}
	}
	return &next
}

// Agree records values on which both sides agree in one locale. They go over
// from, the agreement that this checkout worked with (nil if none): what
// somebody else recorded in the meantime is not this checkout's agreement.
// Without one, the live values that the file says nothing about are noted too,
// so that a line added later has something to be compared with.
func (b *BaseObject) Agree(l Locale, from *BaseObject, local, live Content, values map[Field]Agreed) {
	c := BaseContent{Fields: map[Field]Agreed{}, Seen: b.Contents[l].Seen, Removed: b.Contents[l].Removed}
	known := false
	if from != nil {
		var old BaseContent
		old, known = from.Contents[l]
		maps.Copy(c.Fields, old.Fields)
		c.take(old.Taken)
	}
	if !known {
		for f, v := range live.Fields {
			if _, managed := local.Fields[f]; !managed {
				c.Fields[f] = Agreed{Remote: v}
			}
		}
	}
	maps.Copy(c.Fields, values)
	maps.DeleteFunc(c.Taken, func(f Field, _ Agreed) bool { _, ended := values[f]; return ended })
	b.Contents[l] = c
}

// Take records text of a pending draft that the file has taken in.
func (b *BaseObject) Take(l Locale, values map[Field]Agreed) {
	c := b.Contents[l]
	old := c.Taken
	c.Taken = nil
	c.take(old)
	c.take(values)
	b.Contents[l] = c
}

func (c *BaseContent) take(values map[Field]Agreed) {
	if c.Taken == nil && len(values) > 0 {
		c.Taken = map[Field]Agreed{}
	}
	maps.Copy(c.Taken, values)
}

// Leave records that one locale stays in Intercom as it is there, though the
// files no longer have it. What they said stays, except for the state: a file
// that returns as published is to be published again.
func (b *BaseObject) Leave(l Locale, live Content) {
	old := b.Contents[l]
	c := BaseContent{Fields: map[Field]Agreed{}, Seen: old.Seen, Removed: old.Removed}
	for f, v := range live.Fields {
		a := old.Fields[f]
		a.Remote = v
		if f == State {
			a.Local = v
		}
		c.Fields[f] = a
	}
	b.Contents[l] = c
}

// Mark says of one locale whether it is a tombstone.
func (b *BaseObject) Mark(l Locale, removed bool) {
	if c, ok := b.Contents[l]; ok {
		c.Removed = removed
		b.Contents[l] = c
	}
}

// Settle records where the object is: the ids of the folders that hold it, and
// the live parents.
func (b *BaseObject) Settle(local []string, live *Object) {
	b.LocalParents, b.RemoteParents = local, nil
	for _, r := range live.Parents {
		b.RemoteParents = append(b.RemoteParents, r.ID)
	}
}
