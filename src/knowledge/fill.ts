// Placeholders in articles: {{limits.ou_filter.today}} is one cell of a fact table, so that a number has one home.
import type { Tables } from './load.ts'
import type { Cell, FactTable } from './schema.ts'

const CELL = /\{\{([a-z-]+)\.([A-Za-z0-9_-]+)\.([a-z_]+)\}\}/g

/** A cell as text; lists are joined by commas. */
export function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  return Array.isArray(cell) ? cell.join(', ') : String(cell)
}

export function rowOf(table: FactTable | undefined, id: string): Readonly<Record<string, Cell>> | undefined {
  return table?.rows.find((row) => row.id === id)
}

/** Fills every cell placeholder; `problem` is told of each one that has no cell. */
export function fill(text: string, tables: Tables, problem: (what: string) => void): string {
  return text.replace(CELL, (whole, table: string, row: string, column: string) => {
    const value = rowOf(tables.get(table), row)?.[column]
    if (value === undefined) problem(`no fact ${table}.${row}.${column}`)
    return value === undefined ? whole : cellText(value)
  })
}

export type TableCall = {
  readonly table: FactTable
  readonly columns: readonly string[]
  readonly rows: FactTable['rows']
}

/**
 * One line `{{table urls columns=url,use where cloud=public}}`: a fact table shown as a table, with all columns
 * and rows unless named. Undefined when the line is not such a call.
 */
export function tableCall(
  line: string,
  tables: Tables,
  problem: (what: string) => void,
): TableCall | undefined {
  const match = /^\{\{table ([a-z-]+)(?: columns=([a-z_,]+))?(?: where ([a-z_]+)=([^}]+))?\}\}$/.exec(
    line.trim(),
  )
  if (!match) return undefined
  const table = tables.get(match[1] ?? '')
  if (!table) {
    problem(`no fact table ${match[1]}`)
    return undefined
  }
  const columns = match[2]?.split(',') ?? Object.keys(table.columns)
  for (const column of columns) {
    if (!(column in table.columns)) problem(`fact table ${table.id} has no column ${column}`)
  }
  const [key, wanted] = [match[3], match[4]?.split('|')]
  const rows = table.rows.filter((row) => key === undefined || wanted?.includes(cellText(row[key])))
  if (rows.length === 0) problem(`no row of ${table.id} fits: ${line.trim()}`)
  return { table, columns, rows }
}

/** A body for the search index: each table call replaced by the words of its cells. */
export function tableText(text: string, tables: Tables): string {
  if (!text.includes('{{table ')) return text
  const silent = () => undefined
  return text.replace(/^\{\{table .*\}\}$/gm, (line) => {
    const call = tableCall(line, tables, silent)
    return call
      ? call.rows.map((row) => call.columns.map((column) => cellText(row[column])).join(' ')).join('\n')
      : line
  })
}
