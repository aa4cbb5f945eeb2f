package report

import (
	"fmt"
	"io"

	"github.com/hcsync/hcsync/internal/model"
)

// RestoredFile writes one file of a restore and what of it is restored.
func RestoredFile(w io.Writer, st Style, file string, fields []model.Field, back bool) {
	label := st.paint(yellow, "~ restored")
	if back {
		label = st.paint(green, "+ back")
	}
	fmt.Fprintf(w, "%s %s  %s\n", label, line(file), joinFields(fields))
}
