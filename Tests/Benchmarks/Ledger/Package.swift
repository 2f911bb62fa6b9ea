// swift-tools-version: 6.2
import PackageDescription

// What the ledger does in one process, timed from inside it. See ../ledger.sh.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-enable-testing"]),
]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "evidock-ledger-bench",
    targets: [
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto"),
        .target(name: "CLinux"),
        room("Evidence", []),
        room("Fixity", ["Evidence", "CLibCrypto", "CLinux"]),
        room("TransparencyLog", ["Evidence", "Fixity"]),
        room("DurableFiles", ["Evidence", "CLinux"]),
        room("Custody", ["Evidence", "Fixity", "TransparencyLog", "DurableFiles"]),
        room("Audit", ["Evidence", "Fixity", "TransparencyLog"]),
        .executableTarget(
            name: "LedgerBench",
            dependencies: [
                "Evidence", "Fixity", "TransparencyLog", "DurableFiles", "Custody", "Audit",
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
