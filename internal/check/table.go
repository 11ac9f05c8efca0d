package check

// All lists the criteria, weightiest first. Everything that is published about them follows this order.
var All = []*Check{
	sourceHistory,
	publicAccess,
	contributionPath,
	issueTracker,
	securityContact,
	securityContactKey,
	disclosurePolicy,
	cveAssignment,
	fixTimeliness,
	licenseApproved,
	dependencyLicenseReview,
	securityAssessment,
	securityNotification,
	privacyDocument,
	privacyMeasures,
	codeOfConduct,
	documentedApi,
	publishedFormat,
	releasePractice,
	activity,
	developmentMethod,
	hardeningGuide,
	dependencyInventory,
	dependencyUpkeep,
	openStandards,
	csirtConnectors,
	claFree,
	sharedCopyright,
	licenseConsistency,
	signedHistory,
}

// ByID returns the check with the id, nil if there is none.
func ByID(id string) *Check {
	for _, c := range All {
		if c.ID == id {
			return c
		}
	}
	return nil
}
