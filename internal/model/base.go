package model

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
	// Seen is the first main commit whose push saw this locale in the files.
	// Its absence from the files is a deletion only when that commit is in
	// HEAD's history.
	Seen string
}

// BaseObject is the agreement about one object.
type BaseObject struct {
	Kind Kind
	ID   string
	// Path is the folder or default-locale file that the object had, relative
	// to the content folder.
	Path string
	// LocalParents and RemoteParents are ids of collections, the primary first.
	LocalParents, RemoteParents []string
	// Pushed is the main commit of the last push that wrote the object.
	Pushed string
	// Removed marks a tombstone: the files no longer have the object, and it
	// was left in Intercom.
	Removed  bool
	Contents map[Locale]BaseContent
}

// Key gives the object's identity.
func (b *BaseObject) Key() Key { return Key{b.Kind, b.ID} }
