package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"misp-csirt-tooling/internal/check"
)

func (p *program) versionCommand() *cobra.Command {
	return p.with(&cobra.Command{
		Use:   "version",
		Short: "Print the versions of the program and of the criteria",
		Args:  arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.stdout, "misp-csirt-tooling %s, criteria %s\n", version(), check.Version)
			return err
		},
	})
}

// version returns the version that the build recorded: a tag, or the commit, or "unknown".
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return revision()
}

// revision returns the commit that the build recorded, or "unknown".
func revision() string {
	info, _ := debug.ReadBuildInfo()
	if info != nil {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}
