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

	Uses:  repo.Public,
	Needs: repo.Files,
	Judge: judgePublicAccess,
}

func judgePublicAccess(v *View) Finding {
	switch {
	case v.Local:
		return unknown("a local directory does not tell who else can read it")
	case !v.Public.Known():
		return unknown("%s", gapReason("public access", v.Public.Gap, v.Public.Detail))
	case v.Public.Value:
		return met([]Evidence{{Commit: v.Commit, Note: "fetched without an account"}}, "the repository was read without an account")
	}
	return unmet([]Evidence{{Note: "the forge refused an anonymous reader"}}, "an account is needed to read the repository")
}
