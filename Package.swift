// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 with strict import visibility; in CI a warning is an error.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target
{
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["EvidenceTestKit"], swiftSettings: strict)
}

let package = Package(
    name: "evidock",
    products: [
        .executable(name: "evidock", targets: ["evidock"]),
        .executable(name: "evidock-inspector", targets: ["evidock-inspector"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Pages are templates that escape what they show: a small library without dependencies.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibAV", pkgConfig: "libavformat libavcodec libavutil",
            providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev"])]),
        .systemLibrary(
            name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CLinux"),

        room("Evidence", []),
        room("Fixity", ["Evidence", "CLibCrypto", "CLinux"]),
        room("TransparencyLog", ["Evidence", "Fixity"]),
        room("DurableFiles", ["Evidence", "CLinux"]),
        room("Vault", ["Evidence", "Fixity", "DurableFiles", "CLinux"]),
        room(
            "Recorders", ["Evidence", "CLinux"],
            resources: [
                .embedInCode("Profiles/dsj.json"),
                .embedInCode("Profiles/dcam.json"),
                .embedInCode("Profiles/infodat.json"),
                .embedInCode("Profiles/novatek.json"),
                .embedInCode("Profiles/blackvue.json"),
                .embedInCode("Profiles/allwinner.json"),
                .embedInCode("Profiles/gopro.json"),
                .embedInCode("Profiles/axis.json"),
                .embedInCode("Profiles/dcim.json"),
                .embedInCode("Profiles/folder.json"),
            ]),
        room("Inspection", ["Evidence", "CLinux"]),
        room(
            "Accounts",
            ["Evidence", "Fixity", .product(name: "GRDB", package: "GRDB.swift")],
            resources: [.embedInCode("common-passwords.txt")]),
        room("Custody", ["Evidence", "Fixity", "TransparencyLog", "DurableFiles"]),
        room("Witness", ["Evidence", "Fixity", "TransparencyLog", "DurableFiles"]),
        room("TimeStamping", ["Evidence", "Fixity", "CLibCrypto"]),
        room(
            "SealedBags",
            ["Evidence", "Fixity", "TransparencyLog", "DurableFiles", "TimeStamping"],
            resources: [
                .embedInCode("Pages/verify.html"), .embedInCode("Pages/verify.js"),
            ]),
        room("Notarization", ["Evidence", "TransparencyLog", "TimeStamping", "Custody"]),
        room(
            "Portal",
            [
                "Evidence", "Fixity", "TransparencyLog", "Custody", "Witness", "Accounts",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("Assets/digest-worker.js"), .embedInCode("Assets/dock.css"),
                .embedInCode("Assets/dock.js"),
                .embedInCode("Assets/mark.svg"), .embedInCode("Assets/style.css"),
                .embedInCode("Assets/verify.js"),
                .embedInCode("Pages/accounts.mustache"), .embedInCode("Pages/bottom.mustache"),
                .embedInCode("Pages/case.mustache"), .embedInCode("Pages/cases.mustache"),
                .embedInCode("Pages/item.mustache"), .embedInCode("Pages/lines.mustache"),
                .embedInCode("Pages/purpose.mustache"), .embedInCode("Pages/own.mustache"),
                .embedInCode("Pages/spot-check.mustache"),
                .embedInCode("Pages/spot-checks.mustache"),
                .embedInCode("Pages/check.mustache"), .embedInCode("Pages/help.mustache"),
                .embedInCode("Pages/chart.mustache"), .embedInCode("Pages/overview.mustache"),
                .embedInCode("Pages/claims.mustache"),
                .embedInCode("Pages/court-request.mustache"),
                .embedInCode("Pages/court-requests.mustache"),
                .embedInCode("Pages/field-task.mustache"),
                .embedInCode("Pages/hand-over.mustache"), .embedInCode("Pages/receipt.mustache"),
                .embedInCode("Pages/recordings.mustache"),
                .embedInCode("Pages/viewings.mustache"),
                .embedInCode("Pages/dock.mustache"), .embedInCode("Pages/home.mustache"),
                .embedInCode("Pages/inbox.mustache"),
                .embedInCode("Pages/join.mustache"), .embedInCode("Pages/joined.mustache"),
                .embedInCode("Pages/problem.mustache"), .embedInCode("Pages/sign-in.mustache"),
                .embedInCode("Pages/top.mustache"), .embedInCode("Pages/verify.mustache"),
                .embedInCode("Texts/en.json"),
                .embedInCode("Texts/zh.json"), .embedInCode("openapi.json"),
            ]),
        room(
            "NotaryLink",
            [
                "Evidence", "Fixity", "TransparencyLog", "Custody", "Witness", "TimeStamping",
                "Notarization",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        room("Audit", ["Evidence", "Fixity", "TransparencyLog"]),
        room(
            "Casework", ["Evidence"],
            resources: [
                .embedInCode("CaseNumbers/courts.json"),
                .embedInCode("CaseNumbers/case-types.json"),
                .embedInCode("Schedules/columns.json"),
                .embedInCode("Schedules/words.json"),
            ]),
        room(
            "CaseIndex",
            [
                "Evidence", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        room(
            "Ingest",
            [
                "Evidence", "Fixity", "Vault", "Recorders", "Inspection", "Custody", "CaseIndex",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        room(
            "Assembly",
            [
                "Evidence", "Fixity", "TransparencyLog", "DurableFiles", "Vault", "Recorders",
                "Inspection", "Custody", "Witness", "TimeStamping", "SealedBags", "Notarization",
                "NotaryLink", "Portal", "Audit", "CaseIndex", "Casework", "Ingest", "CLinux",
                "Accounts",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        .executableTarget(
            name: "evidock",
            dependencies: [
                "Assembly", "Evidence",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
        .executableTarget(
            name: "evidock-inspector", dependencies: ["CLibAV", "CLinux", "Evidence"],
            swiftSettings: strict),

        room("EvidenceTestKit", ["Evidence"]),
        tests("EvidenceTests", ["Evidence"]),
        tests("FixityTests", ["Fixity", "CLinux"]),
        tests("TransparencyLogTests", ["TransparencyLog", "Fixity"]),
        tests("DurableFilesTests", ["DurableFiles"]),
        tests("VaultTests", ["Vault", "Fixity", "DurableFiles"]),
        tests("RecordersTests", ["Recorders"]),
        tests("InspectionTests", ["Inspection", "evidock-inspector"]),
        tests("CustodyTests", ["Custody", "Fixity", "TransparencyLog", "DurableFiles"]),
        tests("WitnessTests", ["Witness", "Fixity", "TransparencyLog", "DurableFiles"]),
        tests("TimeStampingTests", ["TimeStamping", "Fixity"]),
        tests(
            "NotarizationTests",
            [
                "Notarization", "Witness", "TimeStamping", "Custody", "Fixity", "TransparencyLog",
                "DurableFiles",
            ]),
        tests(
            "SealedBagsTests",
            ["SealedBags", "Fixity", "TransparencyLog", "DurableFiles", "TimeStamping"]),
        tests("NotaryLinkTests", ["NotaryLink", "Fixity"]),
        tests(
            "AccountsTests",
            ["Accounts", "Fixity", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            "PortalTests",
            ["Portal", "Accounts", .product(name: "NIOEmbedded", package: "swift-nio")]),
        tests("AuditTests", ["Audit", "Custody", "Fixity", "TransparencyLog", "DurableFiles"]),
        tests("CaseworkTests", ["Casework"]),
        tests("CaseIndexTests", ["CaseIndex"]),
        tests("IngestTests", ["Ingest"]),
        tests(
            "SeasonTests",
            [
                "Assembly", "Casework", "CaseIndex", "Custody", "Ingest",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests("HouseTests", []),
        tests("CommandTests", ["evidock", "evidock-inspector"]),
    ],
    swiftLanguageModes: [.v6]
)
