# The compiler: the generated scanner and parser, outside libraries, and the `pdc` executable.

# flow.y and flow.l become build/generated/compiler/parse/flow_{parser,scanner}.{c,h}, with flags of their own.
if(TARGET compiler_parse AND EXISTS "${CMAKE_SOURCE_DIR}/compiler/parse/flow.y")
    find_package(BISON 3.8 REQUIRED)
    find_package(FLEX 2.6 REQUIRED)
    set(parse "${CMAKE_SOURCE_DIR}/compiler/parse")
    set(generated "${CMAKE_BINARY_DIR}/generated/compiler/parse")
    file(MAKE_DIRECTORY "${generated}")
    add_custom_command(
        OUTPUT "${generated}/flow_parser.c" "${generated}/flow_parser.h"
        COMMAND ${BISON_EXECUTABLE} -Wall -Werror=conflicts-sr,conflicts-rr
                --defines=${generated}/flow_parser.h -o ${generated}/flow_parser.c ${parse}/flow.y
        DEPENDS ${parse}/flow.y VERBATIM)
    add_custom_command(
        OUTPUT "${generated}/flow_scanner.c" "${generated}/flow_scanner.h"
        COMMAND ${FLEX_EXECUTABLE} --header-file=${generated}/flow_scanner.h
                -o ${generated}/flow_scanner.c ${parse}/flow.l
        DEPENDS ${parse}/flow.l VERBATIM)
    add_library(compiler_parse_generated OBJECT
        "${generated}/flow_parser.c" "${generated}/flow_parser.h"
        "${generated}/flow_scanner.c" "${generated}/flow_scanner.h")
    target_link_libraries(compiler_parse_generated PRIVATE pdc_base)
    target_compile_options(compiler_parse_generated PRIVATE
        -Wall -Wno-unused-function -Wno-unused-but-set-variable -Wno-sign-compare)
    foreach(target compiler_parse_generated compiler_parse)
        target_include_directories(${target} PRIVATE "${CMAKE_BINARY_DIR}/generated")
    endforeach()
    target_sources(compiler_parse PRIVATE $<TARGET_OBJECTS:compiler_parse_generated>)
    add_dependencies(compiler_parse compiler_parse_generated)
endif()

pdc_external(compiler/sql pg_query pg_query.h pg_query)

if(TARGET compiler_driver)
    file(GLOB main CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/compiler/driver/main.c")
    if(main)
        # main() itself stays out of the library, so that unit tests can link it.
        get_target_property(driver_sources compiler_driver SOURCES)
        list(REMOVE_ITEM driver_sources ${main})
        set_target_properties(compiler_driver PROPERTIES SOURCES "${driver_sources}")
        # explain.txt as an array: it is longer than a string literal may be.
        set(explain "${CMAKE_SOURCE_DIR}/compiler/driver/explain.txt")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${explain}")
        file(READ "${explain}" explain_hex HEX)
        string(REGEX REPLACE "(................................)" "\\1\n" explain_hex "${explain_hex}")
        string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," explain_hex "${explain_hex}")
        set(explain_c "${CMAKE_BINARY_DIR}/generated/explain_text.c")
        file(CONFIGURE OUTPUT "${explain_c}" @ONLY CONTENT
             "extern const unsigned char explain_text[];\nconst unsigned char explain_text[] = {\n${explain_hex}0};\n")
        target_sources(compiler_driver PRIVATE "${explain_c}")
        add_executable(pdc ${main})
        target_link_libraries(pdc PRIVATE pdc_flags compiler_driver)
        if(TARGET pdc_runtime)
            add_dependencies(pdc pdc_runtime) # `pdc build` links it
        endif()
        install(TARGETS pdc RUNTIME DESTINATION bin)
    endif()
    target_compile_definitions(compiler_driver PRIVATE
        PDC_LINK_FLAGS="${PDC_LINK_FLAGS}" PDC_VERSION="${PROJECT_VERSION}")
endif()

file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/share/pdc")
file(CREATE_LINK "${CMAKE_SOURCE_DIR}/stdlib" "${CMAKE_BINARY_DIR}/share/pdc/stdlib" SYMBOLIC)
install(DIRECTORY stdlib DESTINATION share/pdc FILES_MATCHING PATTERN "*.flow")
