package check

import "misp-csirt-tooling/internal/practice"

var securityNotification = &Check{
	ID:      "security-notification",
	Name:    "Notice of security fixes",
	Short:   "notice of security fixes",
	Asks:    "Are users told about security fixes?",
	Clause:  practice.Notification,
	Why:     "Operators can only update in time if somebody tells them.",
	Fix:     "Name in SECURITY.md the channel that announces security fixes, and keep a security part in the release notes (model: keepachangelog).",
	Met:     "A stated channel, or a security part in the notes of each release.",
	Partial: "General announcements only.",
	Unmet:   "No channel that announces them.",
}
