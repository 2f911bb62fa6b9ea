import ArgumentParser

/// Every command there is.
enum Catalogue {
    static let commands: [any ParsableCommand.Type] = [
        Init.self, Ingest.self, Serve.self, Docks.self, List.self, Show.self, Verify.self,
        Audit.self, Copy.self, Export.self, Repair.self, Scrub.self, Volumes.self, Describe.self,
        Case.self, Match.self, Assign.self, Unassign.self, Completeness.self, Recorder.self,
        Order.self, CourtRequest.self, Hold.self, Retention.self, Attribute.self, Certificate.self,
        Index.self,
        Log.self, Stamp.self,
        Witness.self,
        User.self, Backup.self, Restore.self,
    ]
}

/// This program's version.
enum Release {
    static let version = "0.1.0"
}

/// The exit codes, as every command's help lists them.
enum ExitCodes {
    static let help = """
        Exit codes: 0 done, nothing to report; 1 findings, unknown, or nothing to check; 2 wrong \
        usage; 3 done, but something was quarantined or refused; 4 try again, nothing is lost; \
        5 the store cannot be trusted; 6 the root is in use; 70 a defect of ours.
        """
}
