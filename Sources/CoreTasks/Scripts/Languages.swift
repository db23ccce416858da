enum Shell: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "shell", title: "shell", fileExtension: "sh",
        exampleScript: "echo \"hello from {{ flow.id }}\"", exampleCommand: "ls -l")
}

enum Python: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "python", title: "Python", fileExtension: "py", command: "python {file}",
        prepare: PythonScripts.withJSONNames, prelude: PythonScripts.prelude,
        exampleScript: "print(\"hello\")", exampleCommand: "python main.py")
}

enum Node: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "node", title: "Node.js", fileExtension: "js", command: "node {file}",
        exampleScript: "console.log(\"hello\")", exampleCommand: "node main.js")
}

enum Ruby: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "ruby", title: "Ruby", fileExtension: "rb", command: "ruby {file}",
        exampleScript: "puts \"hello\"", exampleCommand: "ruby main.rb")
}

enum Go: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "go", title: "Go", fileExtension: "go", command: "go run {file}",
        exampleScript: "package main\n\nfunc main() { println(\"hello\") }", exampleCommand: "go run main.go")
}

enum Bun: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "bun", title: "Bun", fileExtension: "ts", command: "bun run {file}",
        exampleScript: "console.log(\"hello\")", exampleCommand: "bun run main.ts")
}

enum Deno: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "deno", title: "Deno", fileExtension: "ts", command: "deno run {file}",
        exampleScript: "console.log(\"hello\")", exampleCommand: "deno run main.ts")
}

enum Julia: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "julia", title: "Julia", fileExtension: "jl", command: "julia {file}",
        exampleScript: "println(\"hello\")", exampleCommand: "julia main.jl")
}

enum PHP: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "php", title: "PHP", fileExtension: "php", command: "php {file}",
        exampleScript: "<?php echo \"hello\";", exampleCommand: "php main.php")
}

enum Perl: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "perl", title: "Perl", fileExtension: "pl", command: "perl {file}",
        exampleScript: "print \"hello\\n\";", exampleCommand: "perl main.pl")
}

enum Lua: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "lua", title: "Lua", fileExtension: "lua", command: "lua {file}",
        exampleScript: "print(\"hello\")", exampleCommand: "lua main.lua")
}

enum R: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "r", title: "R", fileExtension: "R", command: "Rscript {file}",
        exampleScript: "cat(\"hello\\n\")", exampleCommand: "Rscript main.R")
}

enum Groovy: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "groovy", title: "Groovy", fileExtension: "groovy", command: "groovy {file}",
        exampleScript: "println 'hello'", exampleCommand: "groovy main.groovy")
}

enum JBang: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "jbang", title: "JBang", fileExtension: "java", command: "jbang --quiet {file}",
        exampleScript: "class hello { public static void main(String[] a) { System.out.println(\"hello\"); } }",
        exampleCommand: "jbang --quiet main.java")
}

enum DotNet: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "dotnet", title: ".NET", fileExtension: "csx", command: "dotnet-script {file}",
        exampleScript: "Console.WriteLine(\"hello\");", exampleCommand: "dotnet-script main.csx")
}

enum PowerShell: ScriptLanguage {
    static let facts = LanguageFacts(
        name: "powershell", title: "PowerShell", fileExtension: "ps1", command: "& {file}",
        interpreter: ["pwsh", "-NoProfile", "-NonInteractive", "-Command"],
        failFastLine: "$ErrorActionPreference = 'Stop'",
        exampleScript: "Write-Output 'hello'", exampleCommand: "Write-Output 'hello'")
}
