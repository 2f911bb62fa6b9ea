// swift-tools-version: 6.2
import PackageDescription

// The parsers of the ledger under libFuzzer, with the sources of the project itself. A package apart:
// its flags would keep the project from being a dependency.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"]),
]

func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target
{
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "evidock-fuzz",
    targets: [
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto"),
        .target(name: "CLinux"),
        room("Evidence", []),
        room("Fixity", ["Evidence", "CLibCrypto", "CLinux"]),
        room("TransparencyLog", ["Evidence", "Fixity"]),
        room("DurableFiles", ["Evidence", "CLinux"]),
        room("TimeStamping", ["Evidence", "Fixity", "CLibCrypto"]),
        room(
            "SealedBags",
            ["Evidence", "Fixity", "TransparencyLog", "DurableFiles", "TimeStamping"],
            resources: [.embedInCode("Pages/verify.html"), .embedInCode("Pages/verify.js")]),
        .executableTarget(
            name: "Fuzzer",
            dependencies: ["Evidence", "Fixity", "TransparencyLog", "TimeStamping", "SealedBags"],
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ],
    swiftLanguageModes: [.v6]
)
