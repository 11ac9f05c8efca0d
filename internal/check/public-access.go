package check

import (
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var publicAccess = &Check{
	ID:      "public-access",
	Name:    "Public access",
	Short:   "public access",
	Asks:    "Can anyone read the repository without an account?",
	Clause:  practice.PublicRepository,
	Why:     "Only a source that anyone can read can be reviewed by the people who depend on it.",
	Fix:     "Publish the repository so that it can be cloned without an account.",
	Met:     "The repository can be cloned anonymously.",
	Partial: "Only a part of the source, or only a snapshot, can be had anonymously.",
	Unmet:   "An account or a request is needed to read the source.",

	Uses:  repo.Public | repo.Forge,
	Needs: repo.Files,
	Judge: judgePublicAccess,
}

func judgePublicAccess(v *View) Finding {
	word := v.Forge.Value.Visibility
	switch {
	case v.Local:
		return unknown("a local directory does not tell who else can read it")
	case v.Forge.Known() && word == repo.VisibilityPublic:
		return met([]Evidence{{Commit: v.Commit, Note: "the forge lists the repository as public"}}, "the forge lists the repository as public")
	case v.Forge.Known() && word != "":
		return unmet([]Evidence{{Commit: v.Commit, Note: "the forge lists the repository as " + word}}, "the forge lists the repository as %s", word)
	case !v.Public.Known():
		return unknown("%s", gapReason("public access", v.Public.Gap, v.Public.Detail))
	case v.Public.Value:
		return met([]Evidence{{Commit: v.Commit, Note: "fetched without an account"}}, "the repository was read without an account")
	}
	return unmet([]Evidence{{Note: "the forge refused an anonymous reader"}}, "an account is needed to read the repository")
}
