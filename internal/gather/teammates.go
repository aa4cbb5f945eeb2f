package gather

import (
	"cmp"

	"github.com/hcsync/hcsync/internal/model"
)

// teammates gives the name by which plans speak of each teammate: the e-mail
// address stands beside it where two have the same name, and in its place where
// there is none.
func teammates(admins []model.Admin) map[string]string {
	count := map[string]int{}
	for _, a := range admins {
		count[a.Name]++
	}
	names := make(map[string]string, len(admins))
	for _, a := range admins {
		switch {
		case a.Name == "" || count[a.Name] > 1 && a.Email == "":
			names[a.ID] = cmp.Or(a.Email, a.Name)
		case count[a.Name] > 1:
			names[a.ID] = a.Name + " <" + a.Email + ">"
		default:
			names[a.ID] = a.Name
		}
	}
	return names
}
