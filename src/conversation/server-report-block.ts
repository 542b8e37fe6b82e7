// The read-only PowerShell block for an agent server: one paste, prints key=value lines between two markers.
// It reads; it changes nothing, writes no file and prints no names of people.

export const REPORT_BEGIN = 'SYNC-MEDIC-REPORT v1'
export const REPORT_END = 'SYNC-MEDIC-END'

export type ReportHosts = {
  /** Service and registration hosts, port 443. Wildcard names cannot be tested and are left out. */
  readonly tls: readonly string[]
  /** Hosts for certificate checks, port 80. */
  readonly plain: readonly string[]
  /** A host whose certificate shows whether TLS is inspected and whose clock is compared. */
  readonly probe: string
}

function list(hosts: readonly string[]): string {
  return hosts
    .filter((h) => /^[a-z0-9.-]+$/i.test(h))
    .map((h) => `'${h}'`)
    .join(',')
}

/** Works in Windows PowerShell 5.1 and PowerShell 7, without elevation; what needs more says "unknown". */
export function serverReportBlock(hosts: ReportHosts): string {
  return `& {
$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'
$lines = New-Object System.Collections.ArrayList
function Add-Line($k, $v) { [void]$lines.Add(('{0}={1}' -f $k, (([string]$v) -replace '[\\r\\n=]', ' ').Trim())) }
function Test-Part($k, $code) { try { Add-Line $k (& $code) } catch { Add-Line $k 'unknown' } }
function Read-Value($path, $name) { $i = Get-ItemProperty -Path $path -ErrorAction SilentlyContinue; if ($null -ne $i -and $null -ne $i.$name) { $i.$name } else { 'missing' } }
function Get-AccountKind($a) { if (-not $a) { 'unknown' } elseif ($a -match '\\$$') { 'gmsa' } elseif ($a -match '^NT SERVICE') { 'virtual' } elseif ($a -match '^(NT AUTHORITY|LocalSystem)') { 'system' } else { 'user' } }
function Test-Port($h, $p) { $c = New-Object System.Net.Sockets.TcpClient; try { $a = $c.BeginConnect($h, $p, $null, $null); if ($a.AsyncWaitHandle.WaitOne(3000) -and $c.Connected) { 'ok' } else { 'blocked' } } catch { 'blocked' } finally { $c.Close() } }
function Test-Host($h, $p) { try { [void][System.Net.Dns]::GetHostAddresses($h) } catch { return 'dns' }; Test-Port $h $p }
Add-Line 'time.utc' ([DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ'))
foreach ($s in @(@('agent','AADConnectProvisioningAgent'), @('updater','AzureADConnectAgentUpdater'))) {
  $v = Get-CimInstance -ClassName Win32_Service -Filter ("Name='" + $s[1] + "'") -ErrorAction SilentlyContinue
  if ($v) { Add-Line ($s[0] + '.state') $v.State; Add-Line ($s[0] + '.start') $v.StartMode; Add-Line ($s[0] + '.account') (Get-AccountKind $v.StartName) }
  else { Add-Line ($s[0] + '.state') 'missing' }
}
$dir = Join-Path $env:ProgramFiles 'Microsoft Azure AD Connect Provisioning Agent'
Test-Part 'agent.version' { (Get-Item -Path (Join-Path $dir 'AADConnectProvisioningAgent.exe')).VersionInfo.FileVersion }
Test-Part 'agent.connections443' { $n = (Get-CimInstance -ClassName Win32_Service -Filter "Name='AADConnectProvisioningAgent'").ProcessId; if ($n) { @(Get-NetTCPConnection -OwningProcess $n -State Established -RemotePort 443 -ErrorAction SilentlyContinue).Count } else { 'unknown' } }
Test-Part 'os.name' { (Get-CimInstance -ClassName Win32_OperatingSystem).Caption }
Test-Part 'os.build' { (Get-CimInstance -ClassName Win32_OperatingSystem).BuildNumber }
Test-Part 'os.type' { Read-Value 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion' 'InstallationType' }
Test-Part 'os.domainjoined' { (Get-CimInstance -ClassName Win32_ComputerSystem).PartOfDomain }
Test-Part 'ram.mb' { [Math]::Round((Get-CimInstance -ClassName Win32_ComputerSystem).TotalPhysicalMemory / 1MB) }
Test-Part 'dotnet.release' { Read-Value 'HKLM:\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full' 'Release' }
foreach ($e in @('MachinePolicy','UserPolicy','LocalMachine')) { Test-Part ('policy.' + $e) { Get-ExecutionPolicy -Scope $e } }
foreach ($r in @('Client','Server')) {
  $k = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\' + $r
  Test-Part ('tls12.' + $r + '.enabled') { Read-Value $k 'Enabled' }
  Test-Part ('tls12.' + $r + '.disabledbydefault') { Read-Value $k 'DisabledByDefault' }
}
Test-Part 'dotnet.strongcrypto' { Read-Value 'HKLM:\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319' 'SchUseStrongCrypto' }
Test-Part 'ntlm.outgoing' { Read-Value 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0' 'RestrictSendingNTLMTraffic' }
Test-Part 'fips' { Read-Value 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\FipsAlgorithmPolicy' 'Enabled' }
Test-Part 'vault.start' { (Get-CimInstance -ClassName Win32_Service -Filter "Name='VaultSvc'").StartMode }
Test-Part 'proxy.agent' { if (Select-String -Path (Join-Path $dir 'AADConnectProvisioningAgent.exe.config') -Pattern '<proxy\\s' -Quiet) { 'set' } else { 'none' } }
Test-Part 'proxy.system' { $w = [System.Net.WebRequest]::GetSystemWebProxy(); if ($w.IsBypassed([Uri]'https://${hosts.probe}/')) { 'none' } else { 'set' } }
foreach ($h in @(${list(hosts.tls)})) { Add-Line ('host443.' + $h) (Test-Host $h 443) }
foreach ($h in @(${list(hosts.plain)})) { Add-Line ('host80.' + $h) (Test-Host $h 80) }
Test-Part 'tls.issuer' {
  $c = New-Object System.Net.Sockets.TcpClient; $a = $c.BeginConnect('${hosts.probe}', 443, $null, $null)
  if (-not ($a.AsyncWaitHandle.WaitOne(3000) -and $c.Connected)) { $c.Close(); return 'unknown' }
  $t = New-Object System.Net.Security.SslStream($c.GetStream(), $false, { $true })
  try { $t.AuthenticateAsClient('${hosts.probe}'); $t.RemoteCertificate.Issuer -replace '=', ':' } finally { $t.Dispose(); $c.Close() }
}
Test-Part 'time.skewseconds' { $w = Invoke-WebRequest -Method Head -UseBasicParsing -TimeoutSec 8 -Uri 'https://${hosts.probe}/'; [Math]::Round(([DateTime]::UtcNow - ([DateTime]::Parse([string]$w.Headers['Date'])).ToUniversalTime()).TotalSeconds) }
$since = (Get-Date).AddHours(-24)
Test-Part 'events.application' { @(Get-WinEvent -FilterHashtable @{LogName='Application'; Level=1,2,3; StartTime=$since} -MaxEvents 2000 -ErrorAction SilentlyContinue | Where-Object { $_.ProviderName -like '*ProvisioningAgent*' -and $_.Id -ne 5 } | Group-Object -Property Id | ForEach-Object { '{0}x{1}' -f $_.Name, $_.Count }) -join ' ' }
Test-Part 'events.service' { @(Get-WinEvent -FilterHashtable @{LogName='System'; ProviderName='Service Control Manager'; Level=1,2,3; StartTime=$since} -MaxEvents 2000 -ErrorAction SilentlyContinue | Where-Object { [string]$_.Message -match 'AADConnectProvisioningAgent|Provisioning Agent|AzureADConnectAgentUpdater' } | Group-Object -Property Id | ForEach-Object { '{0}x{1}' -f $_.Name, $_.Count }) -join ' ' }
'${REPORT_BEGIN}'; $lines; ('${REPORT_END} lines=' + $lines.Count)
}`
}
