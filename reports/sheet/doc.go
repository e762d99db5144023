// Package sheet writes a document as a workbook (XLSX, ISO/IEC 29500) for people who go on calculating: numbers are numbers in full precision,
// times are times, and each table has a sheet of its own. Start with Workbook.
package sheet
