package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"misp-csirt-tooling/internal/catalog"
)

func (p *program) exportCommand() *cobra.Command {
	return p.with(&cobra.Command{
		Use:   "export DIRECTORY",
		Short: "Write the object template and the taxonomy where MISP reads them",
		Long: `Write the object template and the taxonomy below DIRECTORY, laid out as MISP's folder app/files:
misp-objects/objects/ and taxonomies/. Then let MISP update its object templates and taxonomies.`,
		Example: "  misp-csirt-tooling export /var/www/MISP/app/files",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := catalog.Export(args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(p.stdout, "wrote template and taxonomy below %s\n", args[0])
			return err
		},
	})
}
